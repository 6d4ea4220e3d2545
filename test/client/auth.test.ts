/** Clients with credentials before proxies that ask: which scheme, how many messages, on which connection. */
import { expect, test } from 'vitest';

import { readChallenges } from '../../src/client/auth/challenge.ts';
import { md4 } from '../../src/md4.ts';
import { get, listening, one, play, withProxy } from './kit.ts';
import type { Played } from './kit.ts';

const accounts = { ann: 'right', 'CORP\\ann': 'right' };
type Json = Record<string, unknown>;

interface Given {
  profile: string;
  schemes: string[];
  credentials?: Json;
  behaviour?: Json;
  steps?: Json[];
  settings?: Json;
}

const before = ({ profile, schemes, credentials, behaviour, steps = [get()], settings }: Given): Promise<Played> =>
  play({
    profile,
    client: {
      ...withProxy(profile),
      ...(settings ? { settings } : {}),
      ...(credentials ? { credentials: { user: 'ann', password: 'right', ...credentials } } : {}),
    },
    proxies: { one: listening({ kind: 'challenge', schemes, ...behaviour }, { accounts }) },
    steps,
  });

/** What was asked: requests at the proxy, and on how many connections. */
const asked = ({ of }: Played): [requests: number, connections: number] => {
  const requests = of('proxy.request');
  return [requests.length, new Set(requests.map(({ conn }) => conn)).size];
};

/** The scheme of each request's Proxy-Authorization, as the proxy wrote it down. */
const said = ({ of }: Played): string[] =>
  of('proxy.request').map(({ headers }) => {
    const value = headers.find(([name]) => name.toLowerCase() === 'proxy-authorization')?.[1];
    return value?.split(' ')[0] ?? '-';
  });

test.each([
  ['chromium', 'basic', ['-', 'Basic']],
  ['chromium', 'digest', ['-', 'Digest']],
  ['chromium', 'ntlm', ['-', 'NTLM', 'NTLM']],
  ['firefox', 'basic', ['-', 'Basic']],
  ['firefox', 'digest', ['-', 'Digest']],
  ['firefox', 'ntlm', ['-', 'NTLM', 'NTLM']],
  ['winhttp', 'ntlm', ['-', 'NTLM', 'NTLM']],
  ['winhttp', 'basic', ['-', 'Basic']],
  ['node', 'basic', ['Basic']],
  ['curl', 'basic', ['Basic']],
])('%s passes %s: %j on one connection, for https and http', async (profile, scheme, messages) => {
  for (const url of ['https://app.test/', 'http://app.test/']) {
    const played = await before({ profile, schemes: [scheme], credentials: {}, steps: [get(url)] });
    expect(said(played), url).toEqual(messages);
    expect(asked(played), url).toEqual([messages.length, 1]);
    expect(played.requests[0], url).toMatchObject({ route: one, status: 200, error: null });
  }
});

test.each([
  ['digest', ['-', 'Digest']],
  ['ntlm', ['NTLM', 'NTLM']],
])('curl with --proxy-%s: %j', async (scheme, messages) => {
  const played = await before({ profile: 'curl', schemes: [scheme], credentials: { scheme } });
  expect(said(played)).toEqual(messages);
  expect(played.requests[0]?.status).toBe(200);
});

test.each([
  ['chromium', 'NTLM'],
  ['firefox', 'NTLM'],
])('%s picks %s of several schemes', async (profile, scheme) => {
  const played = await before({ profile, schemes: ['negotiate', 'basic', 'digest', 'ntlm'], credentials: {} });
  expect(said(played)).toEqual(['-', scheme, scheme]);
});

test('clients without NTLM or Digest stay outside', async () => {
  for (const profile of ['node', 'curl']) {
    const played = await before({ profile, schemes: ['ntlm'], credentials: {} });
    expect([said(played), played.requests[0]?.status], profile).toEqual([['Basic'], 407]);
  }
});

test.each([
  ['chromium', 'https://app.test/', 'ERR_HTTP_RESPONSE_CODE_FAILURE'],
  ['chromium', 'http://app.test/', undefined],
  ['firefox', 'https://app.test/', 'prompt'],
  ['curl', 'https://app.test/', 'CURLE_RECV_ERROR'],
  ['node', 'https://app.test/', undefined],
  ['winhttp', 'https://app.test/', undefined],
])('%s with wrong credentials, %s: %s, after one try', async (profile, url, error) => {
  const wrong = { password: 'wrong' };
  const played = await before({ profile, schemes: ['basic'], credentials: wrong, steps: [get(url)] });
  expect(said(played).filter((word) => word === 'Basic')).toHaveLength(1);
  expect(played.requests[0]).toMatchObject({ status: 407 });
  expect(played.requests[0]?.error?.name).toBe(error);
});

test.each([
  ['chromium', ['basic'], 'https://app.test/', 'ERR_INVALID_AUTH_CREDENTIALS'],
  ['chromium', ['basic'], 'http://app.test/', 'ERR_INVALID_AUTH_CREDENTIALS'],
  ['chromium', ['negotiate'], 'https://app.test/', 'ERR_PROXY_AUTH_UNSUPPORTED'],
  ['chromium', ['negotiate'], 'http://app.test/', undefined],
  ['firefox', ['ntlm'], 'http://app.test/', 'prompt'],
  ['firefox', ['negotiate'], 'http://app.test/', 'proxyConnectFailure'],
  ['firefox', ['bearer'], 'http://app.test/', undefined],
  ['firefox', ['bearer'], 'https://app.test/', 'proxyConnectFailure'],
])('%s without credentials before %j, %s: %s', async (profile, schemes, url, error) => {
  const played = await before({ profile, schemes, steps: [get(url)] });
  expect(played.requests[0]).toMatchObject({ status: 407 });
  expect(played.requests[0]?.error?.name).toBe(error);
  expect(asked(played)).toEqual([1, 1]);
});

test('browsers remember Basic and Digest for later requests, NTLM not, since it belongs to the connection', async () => {
  const steps = [get(), get()];
  const again = async (profile: string, scheme: string) =>
    said(await before({ profile, schemes: [scheme], credentials: {}, steps }));
  for (const profile of ['chromium', 'firefox']) {
    expect(await again(profile, 'basic'), profile).toEqual(['-', 'Basic', 'Basic']);
    expect(await again(profile, 'digest'), profile).toEqual(['-', 'Digest', 'Digest']);
    expect(await again(profile, 'ntlm'), profile).toEqual(['-', 'NTLM', 'NTLM', '-', 'NTLM', 'NTLM']);
  }
  expect(await again('winhttp', 'basic')).toEqual(['-', 'Basic', '-', 'Basic']);
});

test('a 407 that ends the connection costs Basic a connection', async () => {
  const behaviour = { close: true };
  const played = await before({ profile: 'chromium', schemes: ['basic'], credentials: {}, behaviour });
  expect(asked(played)).toEqual([2, 2]);
  expect(played.requests[0]?.status).toBe(200);
});

test('credentials of a service of .NET count only with useDefaultCredentials', async () => {
  const profile = 'dotnet-framework';
  const proxy = { proxyaddress: 'http://one.corp.example:8080' };
  const told = (useDefaultCredentials: boolean, schemes: string[]) =>
    before({ profile, schemes, credentials: {}, settings: { defaultProxy: { useDefaultCredentials, proxy } } });
  expect(said(await told(false, ['ntlm']))).toEqual(['-']);
  const passed = await told(true, ['ntlm']);
  expect(said(passed)).toEqual(['-', 'NTLM', 'NTLM']);
  expect(passed.requests[0]?.status).toBe(200);
  // The account's password is nobody's to read: Basic cannot be answered with it.
  expect(said(await told(true, ['basic']))).toEqual(['-']);
});

test('Chromium leaves user and password in the URL of the proxy alone', async () => {
  const settings = { browser: { mode: 'manual', proxy: 'http://ann:right@one.corp.example:8080' } };
  const played = await before({ profile: 'chromium', schemes: ['basic'], settings });
  expect([said(played), played.requests[0]?.route, played.requests[0]?.status]).toEqual([['-'], one, 407]);
});

test('curl with any scheme takes the best that is offered, and none after it', async () => {
  const best = async (schemes: string[]) =>
    said(await before({ profile: 'curl', schemes, credentials: { scheme: 'any' } }));
  expect(await best(['basic', 'ntlm', 'digest'])).toEqual(['-', 'Digest']);
  expect(await best(['basic', 'ntlm'])).toEqual(['-', 'NTLM', 'NTLM']);
  // Without Kerberos.
  expect(await best(['negotiate', 'ntlm'])).toEqual(['-']);
});

test('WinHTTP leaves schemes alone that Windows is told not to use', async () => {
  const profile = 'winhttp';
  const told = async (disableProxyAuthenticationSchemes: number) => {
    const settings = {
      netsh: { proxy: 'one.corp.example:8080' },
      policy: { disableProxyAuthenticationSchemes },
    };
    return said(await before({ profile, schemes: ['ntlm', 'digest', 'basic'], credentials: {}, settings }));
  };
  expect(await told(0)).toEqual(['-', 'NTLM', 'NTLM']);
  expect(await told(4)).toEqual(['-', 'Digest']);
  expect(await told(6)).toEqual(['-', 'Basic']);
  expect(await told(7)).toEqual(['-']);
});

test('a refused tunnel is a connection that failed to a caller of .NET that waits', async () => {
  const asking = (calls: string) =>
    play({
      profile: 'dotnet-framework',
      client: { ...withProxy('dotnet-framework'), calls },
      proxies: { one: listening({ kind: 'challenge', schemes: ['ntlm'] }) },
      steps: [get()],
    });
  const text = 'The remote server returned an error: (407) Proxy Authentication Required.';
  expect((await asking('asynchronous')).requests[0]?.error).toMatchObject({ name: 'ProtocolError', text });
  expect((await asking('synchronous')).requests[0]?.error).toMatchObject({ name: 'ConnectFailure', inner: text });
});

test('user and password in the URL of the proxy: curl and Node use them, no event shows the password', async () => {
  for (const profile of ['curl', 'node']) {
    const settings = { environment: { HTTPS_PROXY: 'http://ann:right@one.corp.example:8080' } };
    const played = await before({ profile, schemes: ['basic'], settings });
    expect([said(played), played.requests[0]?.status], profile).toEqual([['Basic'], 200]);
    expect(JSON.stringify(played.record.events), profile).not.toContain('ann:right');
  }
});

test('fields of Proxy-Authenticate are read one by one and together', () => {
  const read = readChallenges(
    'Negotiate, Digest realm="a, \\"b\\"", qop="auth,auth-int", nonce=x, NTLM TlRM=, Negotiate TlRM==, Basic realm=c',
  );
  expect(read.map(({ scheme, token, params }) => [scheme, token, Object.fromEntries(params)])).toEqual([
    ['negotiate', '', {}],
    ['digest', '', { realm: 'a, "b"', qop: 'auth,auth-int', nonce: 'x' }],
    ['ntlm', 'TlRM=', {}],
    ['negotiate', 'TlRM==', {}],
    ['basic', '', { realm: 'c' }],
  ]);
  expect(readChallenges('')).toEqual([]);
});

// RFC 1320 A.5.
test.each([
  ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
  ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
  [
    '12345678901234567890123456789012345678901234567890123456789012345678901234567890',
    'e33b4ddc9c38f2199c3e7b164fcc0536',
  ],
])('MD4 of %j is %s', (text, hash) => {
  expect(md4(Buffer.from(text)).toString('hex')).toBe(hash);
});
