/** Every command, in the order of the help. One file and one line to add one. */
import type { Command } from '../command.ts';
import { explain } from './explain.ts';
import { lint } from './lint.ts';
import { list } from './list.ts';
import { merge } from './merge.ts';
import { pacCompare } from './pac-compare.ts';
import { pacCover } from './pac-cover.ts';
import { pacDiff } from './pac-diff.ts';
import { pacEval } from './pac-eval.ts';
import { pacExplain } from './pac-explain.ts';
import { pacLint } from './pac-lint.ts';
import { run } from './run.ts';
import { schema } from './schema.ts';
import { up } from './up.ts';
import { settings } from './settings.ts';

const pac = [pacEval, pacExplain, pacCompare, pacDiff, pacLint, pacCover];

export const commands: readonly Command[] = [run, list, lint, explain, merge, up, ...pac, settings, schema];
