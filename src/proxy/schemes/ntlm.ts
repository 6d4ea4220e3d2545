import { judgeNtlm, randomChallenge, userOf } from '../../ntlm-messages.ts';
import type { AuthContext, AuthScheme, AuthVerdict } from '../scheme.ts';

/**
 * MS-NLMP over HTTP (RFC 4559 section 4, with NTLM's own name): NTLMv2 only, and bound to the connection. The third
 * message on a connection that has not seen the second is refused; afterwards the connection belongs to the user.
 */
export const ntlm: AuthScheme = {
  name: 'ntlm',
  summary: 'Three messages on one connection.',
  challenge: () => ['NTLM'],
  check: checkNtlm,
  standing: ({ memory }) => userOf(memory),
};

export function checkNtlm(credentials: string, on: AuthContext): AuthVerdict {
  const { memory, accounts, pseudonym, realm } = on;
  const asked = {
    memory,
    accounts,
    realm,
    server: pseudonym,
    date: on.date(),
    fresh: () => randomChallenge(on.chance),
  };
  return judgeNtlm(Buffer.from(credentials, 'base64'), asked);
}
