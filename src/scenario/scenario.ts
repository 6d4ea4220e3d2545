/** A scenario that can run: one row of one file, checked, with the files it names. */
import type { SourcePlace } from '../failure.ts';
import type { Path } from './document.ts';
import type { ScenarioModel } from './schema.ts';

export interface Scenario {
  /** The scenario's file as the user named it. */
  file: string;
  /** The values of this row of the matrix; empty when there is none. */
  row: Readonly<Record<string, unknown>>;
  model: ScenarioModel;
  /** The same with its fault turned off; null when the file does not say how. */
  twin: ScenarioModel | null;
  /** Contents of the files that the scenario names, by the name it uses. */
  files: ReadonlyMap<string, Uint8Array>;
  at(path: Path): SourcePlace;
}
