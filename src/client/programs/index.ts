import { entryFor, oneOf } from '../../registry.ts';
import type { Program } from '../program.ts';
import { connector } from './connector.ts';

export const programs = [connector] as const;

export const programSpec = oneOf(programs);

export const programFor = (options: { kind: string }): Program => entryFor(programs, options);
