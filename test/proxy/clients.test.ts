/** Real programs against the proxy: what they reach, what they are told, and what they make of it. */
import { execFile, spawnSync } from 'node:child_process';
import { get as httpGet } from 'node:http';
import type { Agent, IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';

import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { expect, test } from 'vitest';
import { ProxyAgent, request } from 'undici';

import { run, secureOrigin, start, withAuthority, withCurl } from './curl.ts';
import type { ProxyLab } from './lab.ts';
import { fine } from './lab.ts';

const accounts = { me: 'secret' };
const basic = `Basic ${Buffer.from('me:secret').toString('base64')}`;

async function startWith(spec: Record<string, unknown> = {}): Promise<ProxyLab> {
  const lab = await start(spec);
  await lab.origin(80, fine);
  await secureOrigin(lab);
  return lab;
}

const addressOf = ({ proxy }: ProxyLab): string => `http://${proxy.real.host}:${proxy.real.port}`;
const pem = async (lab: ProxyLab, name: string): Promise<string> => (await lab.pki.authority(name)).pem;

/** Status and body, or the code of the error and its deepest cause. */
async function undici(lab: ProxyLab, url: string, options: Partial<ProxyAgent.Options> = {}): Promise<string> {
  const dispatcher = new ProxyAgent({ uri: addressOf(lab), ...options });
  try {
    const { statusCode, body } = await request(url, { dispatcher });
    return `${statusCode} ${(await body.text()).trim().slice(0, 20)}`;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return `${code ?? ''} ${message}`;
  } finally {
    await dispatcher.destroy();
  }
}

function agent(lab: ProxyLab, url: string, options: { ca?: string; user?: string } = {}): Promise<string> {
  const { ca, user } = options;
  const proxy = user === undefined ? addressOf(lab) : addressOf(lab).replace('//', `//${user}@`);
  const secure = url.startsWith('https:');
  const through: Agent = secure ? new HttpsProxyAgent(proxy) : new HttpProxyAgent(proxy);
  return new Promise((resolve) => {
    const done = (answer: IncomingMessage): void => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve(`${answer.statusCode} ${text.trim().slice(0, 20)}`));
    };
    const failed = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message);
    if (secure) httpsGet(url, { agent: through, ...(ca && { ca }) }, done).on('error', failed);
    else httpGet(url, { agent: through }, done).on('error', failed);
  });
}

test('undici passes a healthy proxy, and stops at 407 unless it has credentials', async () => {
  await using open = await startWith();
  const ca = await pem(open, 'public-ca');
  expect(await undici(open, 'http://app.test/')).toBe('200 fine');
  expect(await undici(open, 'http://app.test/', { proxyTunnel: false })).toBe('200 fine');
  expect(await undici(open, 'https://app.test/', { requestTls: { ca } })).toBe('200 secured');
  await using closed = await startWith({ behaviour: 'challenge', accounts });
  expect(await undici(closed, 'https://app.test/', { requestTls: { ca } })).toMatch(/407/);
  expect(await undici(closed, 'http://app.test/', { proxyTunnel: false })).toMatch(/\b407\b/);
  expect(closed.events('proxy.authenticated')).toEqual([]);
  expect(await undici(closed, 'https://app.test/', { requestTls: { ca }, token: basic })).toBe('200 secured');
  expect(await undici(closed, 'http://app.test/', { proxyTunnel: false, token: basic })).toBe('200 fine');
  expect(closed.events('proxy.authenticated').map(({ user }) => user)).toEqual(['me', 'me']);
});

test('undici is told 403 and 502 to CONNECT, and the status of a plain request', async () => {
  await using lab = await startWith({ rules: [{ when: { host: 'app.test' }, then: 'deny' }] });
  expect(await undici(lab, 'https://app.test/')).toMatch(/403/);
  expect(await undici(lab, 'https://gone.test/')).toMatch(/502/);
  expect(await undici(lab, 'http://gone.test/', { proxyTunnel: false })).toMatch(/^502 502 Bad Gateway/);
});

test('the agents for http and https pass a healthy proxy, and stop at 407 unless they have credentials', async () => {
  await using open = await startWith();
  const ca = await pem(open, 'public-ca');
  expect(await agent(open, 'http://app.test/')).toBe('200 fine');
  expect(await agent(open, 'https://app.test/', { ca })).toBe('200 secured');
  await using closed = await startWith({ behaviour: 'challenge', accounts });
  expect(await agent(closed, 'http://app.test/')).toMatch(/^407 /);
  // The agent hands the refusal of CONNECT to its caller, as if the destination had answered.
  expect(await agent(closed, 'https://app.test/', { ca })).toMatch(/^407 /);
  expect(await agent(closed, 'http://app.test/', { user: 'me:secret' })).toBe('200 fine');
  expect(await agent(closed, 'https://app.test/', { ca, user: 'me:secret' })).toBe('200 secured');
  expect(await agent(closed, 'https://app.test/', { ca, user: 'me:wrong' })).toMatch(/^407 /);
  expect(closed.events('proxy.authenticated')).toHaveLength(2);
});

test('the agents are told 502 when the destination cannot be reached', async () => {
  await using lab = await startWith();
  expect(await agent(lab, 'http://gone.test/')).toMatch(/^502 502 Bad Gateway/);
  expect(await agent(lab, 'https://gone.test/')).toMatch(/^502 /);
});

test("clients of Node reject an inspected tunnel without the lab's authority, and pass with it", async () => {
  await using lab = await startWith({ behaviour: 'inspect' });
  const [inspection, other] = [await pem(lab, 'inspection-ca'), await pem(lab, 'public-ca')];
  expect(await undici(lab, 'https://app.test/', { requestTls: { ca: inspection } })).toBe('200 secured');
  expect(await undici(lab, 'https://app.test/', { requestTls: { ca: other } })).toMatch(
    /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED|UNABLE_TO_GET_ISSUER/,
  );
  expect(await agent(lab, 'https://app.test/', { ca: inspection })).toBe('200 secured');
  expect(await agent(lab, 'https://app.test/', { ca: other })).toMatch(
    /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED|UNABLE_TO_GET_ISSUER/,
  );
});

const python = spawnSync('python3', ['-c', 'import urllib.request']).status === 0;
if (!python) process.stderr.write('\nSKIPPED: python3 is not installed; urllib was not sent through the proxy\n');

test.skipIf(!python)('urllib of Python passes, and stops at 407 unless it has credentials', async () => {
  const script = `
import sys, urllib.request, urllib.error
proxy, url = sys.argv[1:]
opener = urllib.request.build_opener(urllib.request.ProxyHandler({'http': proxy, 'https': proxy}))
try:
    answer = opener.open(url, timeout=10)
    print(answer.status, answer.read().decode())
except urllib.error.HTTPError as error:
    print(error.code)
except Exception as error:
    print(error)
`;
  const ask = (lab: ProxyLab, url: string, user = ''): Promise<string> =>
    new Promise((resolve) => {
      const proxy = addressOf(lab).replace('//', `//${user}`);
      execFile('python3', ['-c', script, proxy, url], { env: {} }, (_error, out) => resolve(out.trim()));
    });
  await using lab = await startWith({ behaviour: 'challenge', accounts });
  expect(await ask(lab, 'http://app.test/')).toBe('407');
  expect(await ask(lab, 'https://app.test/')).toMatch(/Tunnel connection failed: 407 Proxy Authentication Required/);
  expect(await ask(lab, 'http://app.test/', 'me:secret@')).toBe('200 fine');
  expect(await ask(lab, 'http://gone.test/', 'me:secret@')).toBe('502');
  expect(await ask(lab, 'https://gone.test/', 'me:secret@')).toMatch(/Tunnel connection failed: 502 Bad Gateway/);
});

withCurl('curl speaks TLS to the proxy when it knows its authority, and not when it does not', async () => {
  await using lab = await startWith({ tls: { certificate: 'corp-ca' } });
  const by = (file: string, url: string): ReturnType<typeof run> => {
    const { host, port } = lab.proxy.real;
    const named = ['--resolve', `proxy.test:${port}:${host}`, '-x', `https://proxy.test:${port}`];
    return run(lab, ...named, '--proxy-cacert', file, '-k', url);
  };
  await withAuthority(lab, 'corp-ca', async (file) => {
    expect(await by(file, 'http://app.test/')).toMatchObject({ exit: 0, out: 'fine', codes: '000 200' });
    expect(await by(file, 'https://app.test/')).toMatchObject({ exit: 0, out: 'secured', codes: '200 200' });
  });
  await withAuthority(lab, 'public-ca', async (file) => {
    expect(await by(file, 'http://app.test/')).toMatchObject({ exit: 60, codes: '000 000' });
  });
});

withCurl('curl gets a WebSocket by Upgrade, through a plain request and through a tunnel', async () => {
  for (const way of [[], ['--proxytunnel']]) {
    await using lab = await start({});
    const origins = await lab.origin(80, (side) => {
      side.send('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      // A text frame of RFC 6455 section 5.2, and a close frame.
      side.send(Buffer.from([0x81, 2, 0x68, 0x69, 0x88, 0]));
      side.connection.end();
    });
    const fields = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: a2V5',
    ];
    const got = await run(lab, '-i', ...way, ...fields.flatMap((field) => ['-H', field]), 'http://app.test/chat');
    expect(got.out, way.join()).toContain('HTTP/1.1 101 Switching Protocols');
    expect(got.out).toContain('\u0002hi');
    expect(origins[0]?.heard()).toMatch(/^GET \/chat HTTP\/1\.1\r\n[\s\S]*Upgrade: websocket/);
    expect(lab.events('proxy.response').map(({ status }) => status)).toEqual(way.length > 0 ? [200] : [101]);
  }
});
