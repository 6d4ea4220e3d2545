/** Words of the command line that cannot be used: exit code 2, with what to write instead. */
import { InputError } from '../failure.ts';
import { suggest } from '../scenario/suggest.ts';

export const misused = (message: string, hint?: string): InputError =>
  new InputError([hint === undefined ? { message } : { message, hint }]);

export const unknownWord = (what: string, word: string, words: readonly string[]): InputError =>
  misused(`unknown ${what} '${word}'`, suggest(word, words));

/** A whole number above zero. */
export function positive(text: string, option: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1) throw misused(`${option} takes a whole number above zero, got '${text}'`);
  return value;
}

export interface Shard {
  index: number;
  count: number;
}

/** `2/4` */
export function shardOf(text: string): Shard {
  const [, index = '0', count = '0'] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index < 1 || shard.index > shard.count)
    throw misused(`--shard takes i/n with i from 1 to n, got '${text}'`, 'such as --shard 2/4');
  return shard;
}
