import { challengeMessage, messageType, provesPassword, randomChallenge, readAuthenticate } from '../ntlm-messages.ts';
import type { Authenticate } from '../ntlm-messages.ts';
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
  standing: ({ memory }) => (memory.get('ntlm') as Standing | undefined)?.user,
};

interface Standing {
  challenge?: Buffer;
  user?: string;
}

export function checkNtlm(credentials: string, on: AuthContext): AuthVerdict {
  const message = Buffer.from(credentials, 'base64');
  const type = messageType(message);
  if (type === 1) {
    const challenge = randomChallenge(on.chance);
    on.memory.set('ntlm', { challenge } satisfies Standing);
    const domain = on.realm.toUpperCase();
    const target = { domain, server: on.pseudonym, date: on.date() };
    return { kind: 'continue', token: challengeMessage(challenge, target).toString('base64') };
  }
  const { challenge } = (on.memory.get('ntlm') as Standing | undefined) ?? {};
  on.memory.delete('ntlm');
  const said = type === 3 ? readAuthenticate(message) : undefined;
  const account = said && accountOf(said, on.accounts);
  if (!challenge || !said || account === undefined || !provesPassword(said, on.accounts[account] ?? '', challenge))
    return { kind: 'refused' };
  on.memory.set('ntlm', { user: account } satisfies Standing);
  return { kind: 'passed', user: account };
}

/** An account is `DOMAIN\user`, `user@domain` or a bare `user` of whatever domain; case does not count. */
function accountOf({ user, domain }: Authenticate, accounts: AuthContext['accounts']): string | undefined {
  const names = [`${domain}\\${user}`, `${user}@${domain}`, user].map((name) => name.toLowerCase());
  return Object.keys(accounts).find((account) => names.includes(account.toLowerCase()));
}
