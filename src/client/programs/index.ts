import type { z } from 'zod';

import { entryFor, oneOf } from '../../registry.ts';
import type { Program } from '../program.ts';
import { atLeast, since } from './connector/options.ts';
import { connector } from './connector.ts';
import { updater } from './updater.ts';

export const programs = [connector, updater] as const;

export const programSpec = oneOf(programs);

export const programFor = (options: { kind: string }): Program => entryFor(programs as readonly Program[], options);

/** Why a program of this version knows nothing of the registry value for backends; undefined when it does. */
export function versionNote(options: z.output<typeof programSpec>): string | undefined {
  if (options.kind !== 'connector' || atLeast(options, since.backendProxy)) return undefined;
  return `version ${String(options.version)} does not know it: it came with ${since.backendProxy}`;
}
