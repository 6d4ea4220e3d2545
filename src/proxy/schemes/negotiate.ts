import type { AuthScheme } from '../scheme.ts';

/** RFC 4559: the bare offer. */
export const negotiate: AuthScheme = {
  name: 'negotiate',
  summary: 'Kerberos or NTLM, as the client can.',
  challenge: () => 'Negotiate',
};
