import { behindDashes, listOption, textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { oneScenario } from '../one.ts';
import { serveOptions, serveWishOf } from '../serve-options.ts';
import { misused } from '../usage.ts';

export const exec: Command = {
  name: 'exec',
  summary: 'run a program inside a lab, and say what it ran into',
  group: 'Lab',
  usage: '[scenario]',
  takesCommand: true,
  examples: [
    'exec auth-407-connect -- curl -sS https://tenant.msappproxy.net/bootstrap',
    'exec story.yaml --no-expect -- node app.js',
  ],
  options: (definition) =>
    serveOptions(definition)
      .usage('[options] [scenario] -- <program> [argument...]')
      .option('--no-expect', "do not hold the program to the scenario's expectations")
      .option('--save <file>', 'write what happened as pcapng, .har or .ndjson, by the name of the file')
      .option('--json', 'print the record of the run as JSON; the program then writes to standard error'),
  async run([word], options, tools) {
    const [program, ...args] = listOption(options, behindDashes);
    if (program === undefined)
      throw misused(
        'exec takes a program behind two dashes',
        'such as: paclab exec auth-407-connect -- curl https://…',
      );
    // Nothing else has to know these ports, so that several may run at once.
    const wish = serveWishOf({ ports: 'free', control: '0', ...options }, process.platform);
    const scenario = await oneScenario(word, textOption(options, 'row'), tools);
    const { runInside } = await import('../inside.ts');
    return runInside(
      scenario,
      { program, args },
      {
        ...wish,
        expect: options['expect'] !== false,
        json: options['json'] === true,
        save: textOption(options, 'save'),
      },
      tools,
    );
  },
};
