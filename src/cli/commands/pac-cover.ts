import { textOption } from '../command.ts';
import type { Command } from '../command.ts';
import {
  oneProfile,
  profileOf,
  readScript,
  refuseBroken,
  urlsFrom,
  urlsOption,
  worldOf,
  worldOptions,
} from '../pac-options.ts';
import { exitCodes } from '../tools.ts';

export const pacCover: Command = {
  name: 'pac cover',
  summary: 'lines and branches of a script that URLs reach',
  group: 'PAC',
  usage: '<pac> [url...]',
  examples: ['pac cover corp.pac --urls urls.txt', 'pac cover corp.pac --urls access.log --html cover.html'],
  options: (definition) =>
    worldOptions(oneProfile(urlsOption(definition)))
      .option('--html <file>', 'write a page')
      .option('--json', 'print as JSON'),
  async run([file = '', ...words], options, tools) {
    const { cover, coverageHtml, coverageText, profileNames } = await import('../../pac/index.ts');
    const profile = profileOf(textOption(options, 'profile') ?? 'chromium', profileNames);
    const source = await readScript(file, tools);
    const urls = await urlsFrom(words, options, tools);
    await refuseBroken(file, source);
    const coverage = await cover(source, urls, { ...worldOf(options), profile });
    const page = textOption(options, 'html');
    if (page !== undefined) {
      const output = tools.files.create(page);
      output.write(coverageHtml(coverage, file));
      output.close();
    }
    tools.stdout.write(
      options['json'] === true ? `${JSON.stringify(coverage, null, 2)}\n` : `${coverageText(coverage).trimEnd()}\n`,
    );
    return exitCodes.yes;
  },
};
