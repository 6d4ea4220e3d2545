import { quoted } from '../scheme.ts';
import type { AuthScheme } from '../scheme.ts';

/** RFC 7617. The user-id ends at the first colon; clients encode names in UTF-8 or Latin-1, so both are tried. */
export const basic: AuthScheme = {
  name: 'basic',
  summary: 'User and password in base64.',
  challenge: ({ realm }) => [`Basic realm=${quoted(realm)}`],
  check(credentials, { accounts }) {
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(credentials)) return { kind: 'refused' };
    const bytes = Buffer.from(credentials, 'base64');
    for (const text of [bytes.toString('utf8'), bytes.toString('latin1')]) {
      const colon = text.indexOf(':');
      const user = text.slice(0, Math.max(0, colon));
      if (colon >= 0 && Object.hasOwn(accounts, user) && accounts[user] === text.slice(colon + 1)) {
        return { kind: 'passed', user };
      }
    }
    return { kind: 'refused' };
  },
};
