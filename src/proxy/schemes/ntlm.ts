import type { AuthScheme } from '../scheme.ts';

/** MS-NLMP over HTTP: the bare offer. */
export const ntlm: AuthScheme = {
  name: 'ntlm',
  summary: 'Three messages on one connection.',
  challenge: () => 'NTLM',
};
