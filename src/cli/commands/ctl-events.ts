import { textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { remoteLab, runningOptions } from '../running.ts';
import { exitCodes } from '../tools.ts';

export const ctlEvents: Command = {
  name: 'ctl events',
  summary: 'what has happened in a running lab, event by event',
  group: 'Lab',
  usage: '',
  examples: ["ctl events --follow --types 'proxy.*,dns.query'", 'ctl events --after 120'],
  options: (definition) =>
    runningOptions(definition)
      .option('--follow', 'go on with what happens')
      .option('--after <number>', 'only events with higher numbers')
      .option('--types <globs>', 'only events of these types, with commas'),
  async run(_words, options, tools) {
    const query = new URLSearchParams();
    for (const name of ['after', 'types']) {
      const text = textOption(options, name);
      if (text !== undefined) query.set(name, text);
    }
    if (options['follow'] === true) query.set('follow', 'true');
    const lab = await remoteLab(options, tools);
    try {
      for await (const text of lab.text(`events?${query.toString()}`)) tools.stdout.write(text);
    } catch (error) {
      if (tools.signal.aborted) throw tools.signal.reason;
      // A lab that ends breaks the stream off.
      if (options['follow'] !== true) throw error;
    }
    return exitCodes.yes;
  },
};
