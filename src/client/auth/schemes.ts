import { basic } from './basic.ts';
import { digest } from './digest.ts';
import { negotiate } from './negotiate.ts';
import { ntlm } from './ntlm.ts';
import type { ClientScheme } from './scheme.ts';

export const schemes: readonly ClientScheme[] = [basic, digest, negotiate, ntlm];
