/** Real curl answers the challenges. */
import { expect } from 'vitest';

import { run, secureOrigin, start, withCurl } from './curl.ts';
import type { ProxyLab } from './lab.ts';
import { fine } from './lab.ts';

const accounts = { alice: 's:cret' };

async function startWith(options: object): Promise<ProxyLab> {
  const lab = await start({ behaviour: { kind: 'challenge', realm: 'CORP', ...options }, accounts });
  await secureOrigin(lab);
  await lab.origin(80, (side, chunk) => {
    if (chunk.includes('\r\n\r\n')) fine(side);
  });
  return lab;
}

const legs = (lab: ProxyLab): number[] => lab.events('proxy.response').map(({ status }) => status);

withCurl.each([
  ['--proxy-basic', { schemes: ['basic'] }, 1],
  ['--proxy-digest', { schemes: ['digest'] }, 2],
  ['--proxy-digest', { schemes: ['digest'], digest: { algorithms: ['SHA-256'] } }, 2],
  ['--proxy-digest', { schemes: ['digest'], digest: { algorithms: ['MD5-sess'] } }, 2],
  ['--proxy-digest', { schemes: ['digest'], digest: { qop: ['auth', 'auth-int'] } }, 2],
  ['--proxy-digest', { schemes: ['digest'], digest: { qop: [] } }, 2],
  ['--proxy-ntlm', { schemes: ['ntlm'] }, 2],
  ['--proxy-anyauth', { schemes: ['basic'] }, 2],
  ['--proxy-anyauth', { schemes: ['digest', 'basic'] }, 2],
  ['--proxy-anyauth', { schemes: ['ntlm', 'digest', 'basic'] }, 3],
  ['--proxy-anyauth', { schemes: ['ntlm'] }, 3],
])('curl %s passes %o with the right password, plain and in a tunnel', async (flag, options, count) => {
  for (const url of ['http://app.test/x?y', 'https://app.test/']) {
    await using lab = await startWith(options);
    const got = await run(lab, '-k', flag, '-U', 'alice:s:cret', url);
    expect(got).toMatchObject({ exit: 0, out: url.startsWith('https') ? 'secured' : 'fine' });
    // Digest of several schemes is preferred over NTLM by some builds of curl.
    expect(legs(lab).length).toBeLessThanOrEqual(count);
    expect(legs(lab).at(-1)).toBe(200);
    expect(lab.events('proxy.authenticated')).toMatchObject([{ user: 'alice' }]);
  }
});

withCurl.each([
  ['--proxy-basic', ['basic']],
  ['--proxy-digest', ['digest']],
  ['--proxy-ntlm', ['ntlm']],
  ['--proxy-anyauth', ['ntlm', 'digest', 'basic']],
])('curl %s gives up with the wrong password after a few legs', async (flag, schemes) => {
  await using lab = await startWith({ schemes });
  expect(await run(lab, flag, '-U', 'alice:wrong', 'http://app.test/')).toMatchObject({ exit: 0, codes: '000 407' });
  expect(legs(lab).every((status) => status === 407)).toBe(true);
  expect(legs(lab).length).toBeLessThanOrEqual(3);
  expect(await run(lab, '-k', flag, '-U', 'alice:wrong', 'https://app.test/')).toMatchObject({ exit: 56 });
  expect(lab.events('proxy.authenticated')).toEqual([]);
});

withCurl('curl posts a body through NTLM and Digest', async () => {
  for (const [flag, scheme] of [
    ['--proxy-ntlm', 'ntlm'],
    ['--proxy-digest', 'digest'],
  ] as const) {
    await using lab = await startWith({ schemes: [scheme] });
    const got = await run(lab, flag, '-U', 'alice:s:cret', '-d', 'hello', 'http://app.test/');
    expect(got).toMatchObject({ exit: 0, out: 'fine' });
  }
});

withCurl('curl loops neither at a proxy that closes each leg nor at one that is always stale', async () => {
  await using closing = await startWith({ schemes: ['ntlm'], close: true });
  const cut = await run(closing, '--proxy-ntlm', '-U', 'alice:s:cret', '-k', 'https://app.test/');
  expect(cut.exit).not.toBe(0);
  expect(closing.events('proxy.authenticated')).toEqual([]);
  expect(legs(closing).length).toBeLessThanOrEqual(4);
  await using stale = await startWith({ schemes: ['digest'], digest: { alwaysStale: true } });
  const again = await run(stale, '--proxy-digest', '-U', 'alice:s:cret', '--max-time', '2', 'http://app.test/');
  expect(again.out).not.toBe('fine');
  expect(stale.events('proxy.authenticated')).toEqual([]);
});

withCurl('curl keeps its connection over a 407 with a large chunked body', async () => {
  await using lab = await startWith({ schemes: ['digest'], bodySize: 300_000, chunked: true });
  expect(await run(lab, '-k', '--proxy-digest', '-U', 'alice:s:cret', 'https://app.test/')).toMatchObject({ exit: 0 });
  expect(lab.accepted).toHaveLength(1);
});
