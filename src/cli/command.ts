/** The contract of a command. Its file holds its words, its options and what it does. */
import type { Command as Definition } from 'commander';

import { InputError } from '../failure.ts';
import type { Tools } from './tools.ts';

export const groups = ['Scenarios', 'Lab', 'PAC', 'Repro', 'Help'] as const;

export interface Command {
  /** One word, or two: `pac eval`. */
  name: string;
  summary: string;
  group: (typeof groups)[number];
  /** What follows the name: `[path...]`. */
  usage: string;
  /** Two real ones, without the name of the program. */
  examples: readonly [string, string];
  /** Takes the words of another program behind `--`, as the option {@link behindDashes}. */
  takesCommand?: true;
  /** Adds options. */
  options?: (definition: Definition) => void;
  /**
   * Gives the exit code. Throws InputError for what the user got wrong, LabError for the machine.
   * Slow parts (zod, yaml, the PAC engine) are imported in here, so that other commands start at once.
   */
  run: (words: readonly string[], options: Options, tools: Tools) => Promise<number>;
}

export const behindDashes = '--';

/** Options by their long names; the texts are still unread. */
export type Options = Readonly<Record<string, unknown>>;

export const textOption = (options: Options, name: string): string | undefined => {
  const value = options[name];
  if (typeof value !== 'string') return undefined;
  // A forgotten value lets commander take the next option in its place.
  if (!/^--[a-z][a-z-]*$/.test(value)) return value;
  const word = `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
  throw new InputError([{ message: `${word} needs a value, and '${value}' is an option` }]);
};

/** An option that may come several times. */
export const listOption = (options: Options, name: string): string[] => {
  const value = options[name];
  return Array.isArray(value) ? value.map(String) : [];
};

/** For commander: gathers the values of an option that may come several times. */
export const gather = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value];
