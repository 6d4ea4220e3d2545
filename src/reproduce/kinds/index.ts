/** The kinds of text files that are known, asked in this order. Captures, logs and traces are known by `evidence`. */
import type { Kind } from '../kind.ts';
import { configuration } from './configuration.ts';
import { environment } from './environment.ts';
import { netsh } from './netsh.ts';
import { registry } from './registry.ts';
import { script } from './script.ts';

export const kinds: readonly Kind[] = [registry, configuration, script, environment, netsh];
