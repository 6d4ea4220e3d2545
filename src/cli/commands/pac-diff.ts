import { textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { oneProfile, profileOf, readScript, refuseBroken, urlsOption, worldOf, worldOptions } from '../pac-options.ts';
import { growSlowly } from '../frugal.ts';
import { exitCodes } from '../tools.ts';
import type { Tools } from '../tools.ts';
import { misused } from '../usage.ts';

export const pacDiff: Command = {
  name: 'pac diff',
  summary: 'what changes when one script replaces another: requests, hosts and bytes that move',
  group: 'PAC',
  usage: '<old> <new>',
  examples: [
    'pac diff old.pac new.pac --access-log access.log',
    'pac diff old.pac new.pac --urls urls.txt --format markdown --exit-code',
  ],
  options: (definition) =>
    worldOptions(oneProfile(urlsOption(definition)))
      .option('--access-log <file>', 'a log of squid, W3C, Apache or CSV, or HAR; read as a stream')
      .option('--format <name>', 'text, markdown or json (default: text)')
      .option('--exit-code', 'exit with 1 when anything moves')
      .option('--json', 'the same as --format json'),
  async run([before = '', after = ''], options, tools) {
    growSlowly();
    const { diff, diffMarkdown, diffText, profileNames, readAccessLog } = await import('../../pac/index.ts');
    const log = textOption(options, 'accessLog') ?? textOption(options, 'urls');
    if (log === undefined) throw misused('no requests to compare with', 'name a file with --urls or --access-log');
    const format = options['json'] === true ? 'json' : (textOption(options, 'format') ?? 'text');
    if (!['text', 'markdown', 'json'].includes(format))
      throw misused(`--format takes text, markdown or json, got '${format}'`);
    const [old, fresh] = [await readScript(before, tools), await readScript(after, tools)];
    await refuseBroken(before, old);
    await refuseBroken(after, fresh);
    const report = await diff(old, fresh, readAccessLog(tools.files.stream(log)), {
      ...worldOf(options),
      profile: profileOf(textOption(options, 'profile') ?? 'chromium', profileNames),
      progress: progressOn(tools),
    });
    if (report.requests === 0) throw misused(`'${log}' holds no request that can be read`);
    const texts = {
      text: diffText,
      markdown: diffMarkdown,
      json: (it: typeof report) => `${JSON.stringify(it, null, 2)}\n`,
    };
    tools.stdout.write(`${texts[format as keyof typeof texts](report).trimEnd()}\n`);
    return options['exitCode'] === true && report.moved.requests > 0 ? exitCodes.no : exitCodes.yes;
  },
};

/** One line that is written over, where somebody watches. */
function progressOn({ stderr }: Tools): (requests: number) => void {
  if (!stderr.screen.interactive) return () => undefined;
  return (requests) => stderr.write(`\r${requests.toLocaleString('en')} requests`);
}
