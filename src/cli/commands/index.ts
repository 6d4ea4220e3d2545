/** Every command, in the order of the help. One file and one line to add one. */
import type { Command } from '../command.ts';
import { explain } from './explain.ts';
import { lint } from './lint.ts';
import { list } from './list.ts';
import { pacEval } from './pac-eval.ts';
import { run } from './run.ts';
import { schema } from './schema.ts';

export const commands: readonly Command[] = [run, list, lint, explain, pacEval, schema];
