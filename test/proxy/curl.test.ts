/** Real curl on the machine's own clock and date. */
import { expect } from 'vitest';

import { run, secureOrigin, start, withAuthority, withCurl } from './curl.ts';

withCurl('curl gets a page through a healthy proxy, plain and in a tunnel', async () => {
  await using lab = await start({});
  await lab.origin(80, (side) => side.send('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nplain'));
  await secureOrigin(lab);
  expect(await run(lab, 'http://app.test/')).toEqual({ exit: 0, out: 'plain', codes: '000 200' });
  await withAuthority(lab, 'public-ca', async (file) => {
    expect(await run(lab, '--cacert', file, 'https://app.test/')).toEqual({
      exit: 0,
      out: 'secured',
      codes: '200 200',
    });
  });
});

withCurl('curl stops at 407 without credentials, and passes with them', async () => {
  await using lab = await start({ behaviour: { kind: 'challenge', schemes: ['basic'] }, accounts: { me: 'secret' } });
  await secureOrigin(lab);
  expect(await run(lab, '-k', 'https://app.test/')).toMatchObject({ exit: 56, codes: '407 000' });
  expect(await run(lab, '-k', '-U', 'me:secret', 'https://app.test/')).toMatchObject({ exit: 0, out: 'secured' });
  expect(await run(lab, '-k', '-U', 'me:secret', '--proxy-anyauth', 'https://app.test/')).toMatchObject({
    exit: 0,
    out: 'secured',
  });
  expect(await run(lab, '-k', '-U', 'me:wrong', 'https://app.test/')).toMatchObject({ exit: 56, codes: '407 000' });
});

withCurl('curl sees 502 for a name that the proxy cannot resolve', async () => {
  await using lab = await start({});
  expect(await run(lab, 'https://gone.test/')).toMatchObject({ exit: 56, codes: '502 000' });
  expect(await run(lab, 'http://gone.test/')).toMatchObject({ exit: 0, codes: '000 502' });
});

withCurl('curl rejects an inspected connection without the inspection CA, and accepts it with', async () => {
  await using lab = await start({ behaviour: 'inspect' });
  await secureOrigin(lab);
  await withAuthority(lab, 'public-ca', async (file) => {
    expect(await run(lab, '--cacert', file, 'https://app.test/')).toMatchObject({ exit: 60, codes: '200 000' });
  });
  await withAuthority(lab, 'inspection-ca', async (file) => {
    expect(await run(lab, '--cacert', file, 'https://app.test/')).toEqual({
      exit: 0,
      out: 'secured',
      codes: '200 200',
    });
  });
});

withCurl('curl posts with Expect: 100-continue', async () => {
  await using lab = await start({});
  await lab.origin(80, (side) => {
    if (side.heard().endsWith('hello')) side.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  });
  const post = ['-H', 'Expect: 100-continue', '-d', 'hello', 'http://app.test/'];
  expect(await run(lab, ...post)).toEqual({ exit: 0, out: 'ok', codes: '000 200' });
});
