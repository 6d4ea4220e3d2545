/** What each command takes, as its own definition says. */
import { Command as Definition } from 'commander';

import { allCommands } from './commands/index.ts';

export interface Words {
  /** `run`, `pac eval`. */
  name: string;
  summary: string;
  options: readonly string[];
}

export const optionWords = async (): Promise<Words[]> =>
  (await allCommands()).map(({ name, summary, options }) => {
    const definition = new Definition(name);
    options?.(definition);
    return { name, summary, options: [...definition.options.flatMap(({ long }) => long ?? []), '--help'] };
  });
