/** Every command, in the order of the help. One file and one line to add one. */
import type { Command } from '../command.ts';
import { completion } from './completion.ts';
import { diagnose } from './diagnose.ts';
import { doctor } from './doctor.ts';
import { caExport } from './ca-export.ts';
import { caFingerprint } from './ca-fingerprint.ts';
import { ctlStatus } from './ctl-status.ts';
import { ctlGet } from './ctl-get.ts';
import { ctlSet } from './ctl-set.ts';
import { ctlReset } from './ctl-reset.ts';
import { ctlEvents } from './ctl-events.ts';
import { ctlDiagnose } from './ctl-diagnose.ts';
import { ctlCapture } from './ctl-capture.ts';
import { ctlDown } from './ctl-down.ts';
import { healthcheck } from './healthcheck.ts';
import { exec } from './exec.ts';
import { explain } from './explain.ts';
import { importCommand } from './import.ts';
import { init } from './init.ts';
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
import { show } from './show.ts';
import { shrink } from './shrink.ts';
import { up } from './up.ts';
import { settings } from './settings.ts';

const pac = [pacEval, pacExplain, pacCompare, pacDiff, pacLint, pacCover];

const ctl = [ctlStatus, ctlGet, ctlSet, ctlReset, ctlEvents, ctlDiagnose, ctlCapture, ctlDown];
const lab = [up, exec, ...ctl, caExport, caFingerprint, healthcheck];

export const commands: readonly Command[] = [
  run,
  list,
  lint,
  explain,
  merge,
  show,
  ...lab,
  ...pac,
  importCommand,
  diagnose,
  shrink,
  settings,
  init,
  schema,
  doctor,
  completion,
];
