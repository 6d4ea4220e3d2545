/** What a silence before a 407 may mean depends on what the proxy offered. */
import { expect, test } from 'vitest';

import type { Reply } from '../../src/diagnosis/proxy-replies.ts';
import { silencesFor } from '../../src/diagnosis/silences.ts';

/** An answer of which only the head counts. */
const offering = (...challenges: string[]): Reply => {
  const headers = challenges.map((value) => ['Proxy-Authenticate', value]);
  return { challenge: undefined, response: { data: { headers } } } as unknown as Reply;
};

const ids = (...challenges: string[]): string[] => silencesFor(offering(...challenges)).map(({ id }) => id);

test.each([
  ['SHA-256 alone', ['Digest realm="a", qop="auth", algorithm=SHA-256, nonce="n"'], true],
  ['auth-int alone', ['Digest realm="a", qop="auth-int", algorithm=MD5, nonce="n"'], true],
  ['auth-int at the end', ['Digest realm="a", nonce="n", qop=auth-int'], true],
  ['auth and auth-int', ['Digest realm="a", qop="auth, auth-int", nonce="n"'], false],
  ['auth-int and auth', ['Digest realm="a", qop="auth-int, auth", nonce="n"'], false],
  ['SHA-256 beside MD5', ['Digest realm="a", algorithm=SHA-256', 'Digest realm="a", algorithm=MD5'], false],
  ['no algorithm', ['Digest realm="a", nonce="n"'], false],
  ['Basic beside SHA-256', ['Digest realm="a", algorithm=SHA-256', 'Basic realm="a"'], false],
])('%s: a client may lack this Digest: %j is %s', (_name, challenges, may) => {
  expect(ids(...challenges).includes('auth-digest-algorithm')).toBe(may);
});

test('tickets matter where nothing but Negotiate is offered, the fallback where NTLM stands beside it', () => {
  expect(ids('Negotiate')).toContain('auth-negotiate-no-kdc');
  expect(ids('Negotiate')).not.toContain('auth-negotiate-no-fallback');
  expect(ids('Negotiate', 'NTLM')).toContain('auth-negotiate-no-fallback');
  expect(ids('Negotiate', 'NTLM')).not.toContain('auth-negotiate-no-kdc');
});

test("the account's own credentials are no answer to Basic", () => {
  expect(ids('Basic realm="a"')).toEqual(['auth-407-service-identity']);
  expect(ids('NTLM')).toEqual(['auth-407-service-identity', 'auth-default-creds-off']);
});
