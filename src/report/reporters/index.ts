/** Every reporter. One file and one line to add one. */
import type { Reporter } from '../reporter.ts';
import { beside } from './beside.ts';
import { blob } from './blob.ts';
import { dot } from './dot.ts';
import { github } from './github.ts';
import { html } from './html.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { list } from './list.ts';
import { sarif } from './sarif.ts';
import { tap } from './tap.ts';

export const reporters: readonly Reporter[] = [list, dot, json, junit, tap, github, sarif, blob, beside, html];
