import type { Chance } from '../../chance.ts';
import { quoted } from '../scheme.ts';
import type { AuthScheme } from '../scheme.ts';

/** RFC 7616: the challenge. */
export const digest: AuthScheme = {
  name: 'digest',
  summary: 'A hash over password and nonce.',
  challenge: ({ realm, chance }) =>
    `Digest realm=${quoted(realm)}, qop="auth", algorithm=MD5, nonce=${quoted(nonce(chance))}`,
};

const nonce = (chance: Chance): string => Array.from({ length: 32 }, () => chance.below(16).toString(16)).join('');
