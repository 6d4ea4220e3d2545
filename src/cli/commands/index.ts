/**
 * Every command by its words, in the order of the help. One file and one line to add one. The file is loaded when its words
 * are typed: a command should not wait for what the others need.
 */
import type { Command } from '../command.ts';

const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run.ts')).run,
  list: async () => (await import('./list.ts')).list,
  lint: async () => (await import('./lint.ts')).lint,
  explain: async () => (await import('./explain.ts')).explain,
  merge: async () => (await import('./merge.ts')).merge,
  show: async () => (await import('./show.ts')).show,
  up: async () => (await import('./up.ts')).up,
  exec: async () => (await import('./exec.ts')).exec,
  'ctl status': async () => (await import('./ctl-status.ts')).ctlStatus,
  'ctl get': async () => (await import('./ctl-get.ts')).ctlGet,
  'ctl set': async () => (await import('./ctl-set.ts')).ctlSet,
  'ctl reset': async () => (await import('./ctl-reset.ts')).ctlReset,
  'ctl events': async () => (await import('./ctl-events.ts')).ctlEvents,
  'ctl diagnose': async () => (await import('./ctl-diagnose.ts')).ctlDiagnose,
  'ctl capture': async () => (await import('./ctl-capture.ts')).ctlCapture,
  'ctl down': async () => (await import('./ctl-down.ts')).ctlDown,
  'ca export': async () => (await import('./ca-export.ts')).caExport,
  'ca fingerprint': async () => (await import('./ca-fingerprint.ts')).caFingerprint,
  healthcheck: async () => (await import('./healthcheck.ts')).healthcheck,
  'pac eval': async () => (await import('./pac-eval.ts')).pacEval,
  'pac explain': async () => (await import('./pac-explain.ts')).pacExplain,
  'pac compare': async () => (await import('./pac-compare.ts')).pacCompare,
  'pac diff': async () => (await import('./pac-diff.ts')).pacDiff,
  'pac lint': async () => (await import('./pac-lint.ts')).pacLint,
  'pac cover': async () => (await import('./pac-cover.ts')).pacCover,
  import: async () => (await import('./import.ts')).importCommand,
  diagnose: async () => (await import('./diagnose.ts')).diagnose,
  shrink: async () => (await import('./shrink.ts')).shrink,
  settings: async () => (await import('./settings.ts')).settings,
  init: async () => (await import('./init.ts')).init,
  schema: async () => (await import('./schema.ts')).schema,
  doctor: async () => (await import('./doctor.ts')).doctor,
  completion: async () => (await import('./completion.ts')).completion,
};

/** `run`, `pac eval`. */
export const commandNames: readonly string[] = Object.keys(loaders);

/** All of them, which takes a while. */
export const allCommands = (): Promise<Command[]> => Promise.all(Object.values(loaders).map((load) => load()));

/** The one that these words begin with, or undefined. */
export async function commandOf([first = '', second = '']: readonly string[]): Promise<Command | undefined> {
  const name = [`${first} ${second}`, first].find((each) => Object.hasOwn(loaders, each));
  return name === undefined ? undefined : await loaders[name]?.();
}
