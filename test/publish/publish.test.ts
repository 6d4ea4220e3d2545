import { join } from 'node:path';

import { expect, test } from 'vitest';

import { LabError } from '../../src/failure.ts';
import { serveAt } from '../../src/net/server.ts';
import { eachMessage, framed } from '../../src/dns/framing.ts';
import { decode, encode, queryFor } from '../../src/dns/message.ts';
import { hostPort } from '../../src/publish/guide.ts';
import { curl, dialReal, startPublished } from '../kit/published.ts';
import { root } from '../kit/scenarios.ts';

const shipped = (path: string): string => join(root, 'scenarios', `${path}.yaml`);
const office = shipped('baselines/base-wpad-proxy-ok');

/** Two web hosts on one port of the story and two proxies on another. */
const twins = {
  version: 1,
  id: 'twins',
  name: 'Two of each',
  lab: {
    dns: {
      records: {
        'one.example': { A: '10.20.0.31' },
        'two.example': { A: '10.20.0.32' },
        'wpad.example': { A: '10.20.0.5' },
        'first.example': { A: '10.20.0.8' },
        'second.example': { A: '10.20.0.9' },
        'nobody.example': { A: '10.20.0.99' },
        'six.example': { AAAA: 'fd00::31' },
      },
    },
    hosts: {
      'one.example': { http: { '/': { body: 'one' } }, https: { paths: { '/': { body: 'one' } } } },
      'two.example': { http: { '/': { body: 'two' } }, https: { paths: { '/': { body: 'two' } } } },
      'six.example': { address: 'fd00::31', http: { '/': { body: 'six' } } },
      'wpad.example': {
        http: {
          '/wpad.dat': {
            pacText:
              'function FindProxyForURL() { return "PROXY first.example:3128; PROXY 10.20.0.9:3128; PROXY xfirst.example:3128; PROXY first.example:31280"; }',
          },
        },
      },
    },
    proxies: { first: { listen: 'first.example:3128' }, second: { listen: 'second.example:3128' } },
  },
};

test('DNS tells strangers where they can go, and the trace what the story says', async () => {
  await using lab = await startPublished(office);
  const resolver = lab.resolver();
  expect(await resolver.resolve4('wpad.corp.example')).toEqual(['127.20.0.5']);
  expect(lab.door('wpad.corp.example').real.host).toBe('127.20.0.5');
  const [asked] = lab.events('dns.query');
  const [answered] = lab.events('dns.answer');
  expect(asked?.data).toMatchObject({ client: '127.0.0.1', server: '10.20.0.2', transport: 'udp' });
  expect(answered?.data.answers).toEqual(['10.20.0.5']);
  await expect(resolver.resolve4('nowhere.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
});

test('UDP and TCP have the same port, and both answer', async () => {
  await using lab = await startPublished(office);
  const doors = lab.publication.doors.filter(({ what }) => what === 'dns');
  expect(doors.map(({ transport }) => transport)).toEqual(['udp', 'tcp']);
  expect(doors[0]?.real).toEqual(doors[1]?.real);
  const socket = await dialReal(lab.door('dns'));
  const answer = new Promise<Buffer>((resolve) => eachMessage(socket, resolve));
  socket.write(framed(encode(queryFor(7, 'proxy.corp.example', 'A'))));
  expect(decode(await answer)).toMatchObject({ message: { id: 7, answers: [{ address: '127.20.0.8' }] } });
  socket.destroy();
});

test('a stranger goes through the proxy of the story to a host of the story', async () => {
  await using lab = await startPublished(office);
  const { pem } = await lab.lab.pki.authority('public-ca');
  const direct = await curl(`http://${lab.at('wpad.corp.example')}/wpad.dat`);
  expect(direct.out).toContain('FindProxyForURL');
  const { out } = await curl(
    '-k',
    '-o',
    '/dev/null',
    '-w',
    '%{http_connect} %{http_code}',
    '-x',
    `http://${lab.at('edge')}`,
    'https://tenant.msappproxy.net/bootstrap',
  );
  expect(out).toBe('200 403');
  expect(pem).toContain('BEGIN CERTIFICATE');
  const [opened] = lab.events('tcp.opened').filter(({ data }) => data.to === '10.20.0.8:8080');
  expect(opened).toMatchObject({ by: 'outside', data: { from: expect.stringMatching(/^127\.0\.0\.1:\d+$/) } });
  expect(lab.events('proxy.tunnel')).toHaveLength(1);
});

test('hosts behind one address are told apart by what clients say first; every byte of it is theirs', async () => {
  await using lab = await startPublished(twins, { addressing: 'one' });
  expect(lab.at('one.example', 'http')).toBe(lab.at('two.example', 'http'));
  const [plain, secure] = [lab.at('one.example', 'http'), lab.at('one.example', 'https')];
  const via = (name: string, scheme: string, at: string) =>
    curl('-k', '--connect-to', `::${at}`, `${scheme}://${name}/`).then(({ out }) => out);
  expect(await via('one.example', 'http', plain)).toBe('one');
  expect(await via('two.example', 'http', plain)).toBe('two');
  expect(await via('two.example', 'https', secure)).toBe('two');
  expect(await via('one.example', 'https', secure)).toBe('one');
  expect(lab.events('origin.request').map(({ data }) => data.host)).toEqual([
    'one.example',
    'two.example',
    'two.example',
    'one.example',
  ]);
});

test('a stranger that says nothing is taken to the first host, and one that leaves is forgotten', async () => {
  await using lab = await startPublished(twins, { addressing: 'one' });
  const silent = await dialReal(lab.door('one.example', 'http'));
  const opened = await lab.until('tcp.opened');
  expect(opened.data.to).toBe('10.20.0.31:80');
  silent.destroy();
  const gone = await dialReal(lab.door('one.example', 'http'));
  gone.destroy();
  expect(await curl(`http://${lab.at('two.example', 'http')}/`, '-H', 'Host: two.example')).toMatchObject({
    out: 'two',
  });
});

test('proxies cannot share a port; the script then names where each one is, byte for byte else', async () => {
  await using lab = await startPublished(twins, { addressing: 'one' });
  const [first, second] = [lab.at('first'), lab.at('second')];
  expect(first).not.toBe(second);
  const { out } = await curl(
    '--connect-to',
    `::${lab.at('wpad.example', 'http')}`,
    'http://wpad/wpad.dat',
    '-H',
    'Host: wpad.example',
  );
  expect(out).toBe(
    `function FindProxyForURL() { return "PROXY ${first}; PROXY ${second}; PROXY xfirst.example:3128; PROXY first.example:31280"; }`,
  );
  await using plain = await startPublished(twins, { addressing: 'one', rewrite: 'never' });
  const kept = await curl('-H', 'Host: wpad.example', `http://${plain.at('wpad.example', 'http')}/wpad.dat`);
  expect(kept.out).toContain('PROXY first.example:3128; PROXY 10.20.0.9:3128');
});

test('a host of version 6 is reached over version 6', async () => {
  await using lab = await startPublished(twins);
  expect(await lab.resolver().resolve6('six.example')).toEqual(['::1']);
  expect(await curl(`http://${lab.at('six.example')}/`, '-H', 'Host: six.example')).toMatchObject({ out: 'six' });
});

test('a proxy leads to a name that has version 6 alone, and to a literal in any spelling', async () => {
  await using lab = await startPublished(twins);
  for (const host of ['six.example', '[fd00::31]', '[FD00:0:0::0031]'])
    expect(await curl('-g', '-x', `http://${lab.at('first')}`, `http://${host}/`)).toMatchObject({ out: 'six' });
});

test('443 without the right to it and 8443 do not meet', async () => {
  const proxies = { secure: { listen: 'first.example:8443', tls: {} } };
  await using lab = await startPublished({ ...twins, lab: { ...twins.lab, proxies } }, { ports: 'high' });
  expect([lab.at('one.example', 'https'), lab.at('secure')]).toEqual(['127.20.0.31:8443', '127.20.0.8:8443']);
});

test.each([
  { bind: ['::1'], four: null },
  { bind: ['127.0.0.1', '::1'], four: '127.0.0.1' },
])('behind $bind the story’s hosts of version 4 have version 6 too', async ({ bind, four }) => {
  await using lab = await startPublished(twins, { addressing: 'one', bind });
  const resolver = lab.resolver();
  expect(await resolver.resolve6('one.example')).toEqual(['::1']);
  expect(await resolver.resolve4('one.example').catch(() => null)).toEqual(four === null ? null : [four]);
  await expect(resolver.resolve6('missing.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  const doors = lab.publication.doors.filter(({ name, speaks }) => name === 'first' && speaks === 'proxy');
  expect(doors.map(({ real }) => real.host)).toEqual(bind);
  for (const { real } of doors) {
    const proxy = `http://${hostPort(real)}`;
    expect(await curl('-x', proxy, 'http://one.example/')).toMatchObject({ out: 'one' });
    // Its own stand-in is no other place, by whatever version somebody comes.
    expect((await curl('-x', proxy, `http://${hostPort(real)}/`)).out).not.toBe('one');
  }
  expect(await lab.publication.probe()).not.toContainEqual(expect.objectContaining({ open: false }));
});

test('what the firewall drops is silence, what it rejects is a reset; both are the story’s', async () => {
  const rules = [
    { when: { to: 'one.example:80' }, then: 'drop' },
    { when: { to: 'two.example:80' }, then: 'reject' },
  ];
  await using lab = await startPublished({ ...twins, lab: { ...twins.lab, firewall: { rules } } });
  const dropped = curl('--max-time', '0.5', `http://${lab.at('one.example', 'http')}/`);
  const rejected = curl(`http://${lab.at('two.example', 'http')}/`);
  expect(await dropped).toMatchObject({ code: 28 });
  expect([7, 56]).toContain((await rejected).code);
  const timeout = await lab.until('tcp.timeout');
  expect(timeout).toMatchObject({ by: 'outside', data: { to: '10.20.0.31:80' } });
  expect(lab.events('tcp.syn')).toMatchObject([{ data: { to: '10.20.0.31:80', retransmission: 0, simulated: true } }]);
  expect(lab.events('tcp.refused')).toMatchObject([{ data: { to: '10.20.0.32:80', how: 'rst' } }]);
  expect(lab.events('tcp.opened')).toEqual([]);
});

test('an address of the zone where nobody is is silent; a closed port of a host is refused', async () => {
  await using lab = await startPublished(twins, { ports: 'high' });
  const [address = ''] = await lab.resolver().resolve4('nobody.example');
  expect(address).toBe('127.20.0.99');
  expect((await curl('--max-time', '0.5', `http://${address}:3128/`)).code).toBe(28);
  expect((await lab.until('tcp.syn')).data.to).toBe('10.20.0.99:3128');
  expect((await curl(`http://${lab.door('one.example', 'http').real.host}:3999/`)).code).toBe(7);
});

test('a port that is taken is an error that names it, and nothing stays open behind it', async () => {
  await using other = await serveAt({ host: '127.20.0.9', port: 0 }, (stream) => void stream.destroy());
  const { port } = other.real;
  const proxies = { second: { listen: `second.example:${port}` } };
  const source = { ...twins, lab: { ...twins.lab, proxies } };
  const start = () => startPublished(source, { ports: 'high' });
  await expect(start()).rejects.toThrow(LabError);
  await expect(start()).rejects.toThrow(`cannot listen at 127.20.0.9:${port} (TCP): another program has it`);
  await other[Symbol.asyncDispose]();
  await using lab = await start();
  expect(lab.door('second').real.port).toBe(port);
});

test('asking whether the doors are open leaves no event', async () => {
  await using lab = await startPublished(office);
  const before = lab.lab.trace.events.length;
  const probed = await lab.publication.probe();
  expect(probed).toHaveLength(lab.publication.doors.length);
  expect(probed.every(({ open }) => open)).toBe(true);
  expect(lab.lab.trace.events).toHaveLength(before);
  await lab.publication[Symbol.asyncDispose]();
  const shut = await lab.publication.probe();
  expect(shut.some(({ open }) => open)).toBe(false);
});

test('proxies lead strangers nowhere but into the lab', async () => {
  await using lab = await startPublished(office);
  await using neighbour = await serveAt(
    { host: '127.0.0.1', port: 0 },
    (stream) => void stream.end('HTTP/1.0 200 OK\r\n\r\nours'),
  );
  const proxy = `http://${lab.at('edge')}`;
  const ask = async (url: string): Promise<string> =>
    (await curl('-o', '/dev/null', '-w', '%{http_code}', '-x', proxy, url)).out;
  expect(await ask(`http://127.0.0.1:${neighbour.real.port}/`)).toBe('403');
  expect(await ask('http://169.254.169.254/latest/meta-data')).toBe('403');
  expect(await ask('http://203.0.113.199/')).toBe('403');
  expect(await ask('http://localhost/')).toBe('403');
  // A client that resolves by itself sends real addresses.
  expect(await ask(`http://${lab.at('wpad.corp.example')}/wpad.dat`)).toBe('200');
  expect(await ask('http://203.0.113.30/')).toBe('200');
});

test('a real place is reached when it is allowed by name, and by nothing less', async () => {
  await using neighbour = await serveAt({ host: '127.0.0.1', port: 0 }, (stream) => {
    stream.once('data', () => stream.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nours'));
  });
  const place = `127.0.0.1:${neighbour.real.port}`;
  const through = async (allowUpstream: string[], closedPorts: number[] = []) => {
    await using lab = await startPublished(office, { allowUpstream, closedPorts });
    return (await curl('-w', ' %{http_code}', '-x', `http://${lab.at('edge')}`, `http://${place}/`)).out;
  };
  expect(await through([place])).toBe('ours 200');
  expect(await through(['*'])).toMatch(/403$/);
  expect(await through([place], [neighbour.real.port])).toMatch(/403$/);
});

test('a stranger may be taken for a client of the story', async () => {
  const source = {
    ...twins,
    clients: { service: { profile: 'curl', address: '10.20.0.10' } },
    lab: {
      ...twins.lab,
      proxies: { first: { listen: 'first.example:3128', rules: [{ when: { client: 'service' }, then: 'deny' }] } },
    },
  };
  const status = async (options: object): Promise<string> => {
    await using lab = await startPublished(source, options);
    return (
      await curl('-o', '/dev/null', '-w', '%{http_code}', '-x', `http://${lab.at('first')}`, 'http://one.example/')
    ).out;
  };
  expect(await status({})).toBe('200');
  expect(await status({ guise: () => '10.20.0.10' })).toBe('403');
});
