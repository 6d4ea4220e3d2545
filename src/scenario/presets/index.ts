import { entra } from './entra.ts';
import { intranet } from './intranet.ts';
import { office } from './office.ts';

/** What `lab: { extends: name }` may name. */
export const presets = { entra, intranet, office };
