import { basic } from './basic.ts';
import { bearer } from './bearer.ts';
import { digest } from './digest.ts';
import { negotiate } from './negotiate.ts';
import { ntlm } from './ntlm.ts';

export const schemes = [basic, bearer, digest, negotiate, ntlm] as const;
