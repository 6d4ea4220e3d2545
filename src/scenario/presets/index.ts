import { entra } from './entra.ts';

/** What `lab: { extends: name }` may name. */
export const presets = { entra };
