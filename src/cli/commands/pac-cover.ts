import { textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { oneProfile, profileOf, readScript, urlsFrom, urlsOption, worldOf, worldOptions } from '../pac-options.ts';
import { exitCodes } from '../tools.ts';
import { misused } from '../usage.ts';

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
    const coverage = await cover(source, urls, { ...worldOf(options), profile }).catch((error: unknown) => {
      if (error instanceof SyntaxError)
        throw misused(`'${file}' is no JavaScript: ${error.message}`, `paclab pac lint ${file} says where`);
      throw error;
    });
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
