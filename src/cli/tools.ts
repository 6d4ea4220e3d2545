/** What commands get from outside: output, files, the wish to stop, and the slow parts of the house on demand. */
import type { Rule } from '../diagnosis/rule.ts';
import type { Sink } from '../report/reporter.ts';
import type { RunResult } from '../run/record.ts';
import type { SuiteOptions } from '../run/suite.ts';
import type { FileSource } from '../scenario/reading.ts';
import type { Scenario } from '../scenario/scenario.ts';

export interface OutputFile {
  write(content: string | Uint8Array): void;
  close(): void;
}

export interface Files extends FileSource {
  kind(path: string): Promise<'file' | 'folder' | undefined>;
  /** The YAML files below a folder, as paths that begin with it, sorted. */
  scenarios(folder: string): Promise<string[]>;
  /** The content in pieces; throws InputError when there is none. For files that may be larger than memory. */
  stream(path: string): AsyncIterable<Uint8Array>;
  /** Makes the file and the folders above it; `mode` such as 0o600 for its owner alone. Throws LabError when that is not possible. */
  create(path: string, mode?: number, fresh?: boolean): OutputFile;
  /** Hears that something in one of the folders has changed, until it is disposed of; those that are not there count for nothing. */
  watch?(folders: readonly string[], hear: () => void): Disposable;
}

/** The parts that take time to load. */
export interface Engine {
  /** One scenario for each row. Throws InputError with all problems of the file. */
  load(content: Uint8Array, file: string, files: FileSource): Promise<Scenario[]>;
  runSuite(scenarios: readonly Scenario[], options: SuiteOptions): Promise<RunResult>;
  /** The same on several threads; records come in the same order. */
  runInWorkers(scenarios: readonly Scenario[], options: SuiteOptions, count: number): Promise<RunResult>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Tools {
  version: string;
  /** The folder of the program, where its scenarios are. */
  home: string;
  env: Environment;
  stdout: Sink;
  stderr: Sink;
  files: Files;
  /** Each key of a user at a terminal, until it is disposed of; absent where nobody sits. */
  keys?: ((hear: (key: string) => void) => Disposable) | undefined;
  /** Aborted when the user wants to stop; its reason is a {@link Stopped}. */
  signal: AbortSignal;
  /** What this process was started with, the program first; for commands that go on in another place. */
  self?: readonly string[];
  /** A text that travels with the program, by its path in the package. */
  shipped(path: string): Promise<string>;
  engine(): Promise<Engine>;
  rules(): Promise<readonly Rule[]>;
}

/** A signal of the operating system ended the command; by then the labs are closed. */
export class Stopped extends Error {
  readonly exitCode: number;
  /** `number` of the signal: 2 for SIGINT, 15 for SIGTERM. */
  constructor(signal: string, number: number) {
    super(`stopped by ${signal}`);
    this.name = 'Stopped';
    this.exitCode = 128 + number;
  }
}

/** What the exit code says. */
export const exitCodes = { yes: 0, no: 1, input: 2, machine: 3, nothing: 4, time: 5, bug: 70 } as const;
