/** What is decided before anything listens: addresses, ports, who is meant, where proxies may lead. */
import { expect, test } from 'vitest';

import { addressesFor } from '../../src/publish/addresses.ts';
import { canShare, chooserFor } from '../../src/publish/choose.ts';
import { destinationsFor } from '../../src/publish/destinations.ts';
import type { Door } from '../../src/publish/doors.ts';
import { portPolicy } from '../../src/publish/ports.ts';

const reached = new Set(['10.20.0.8', '192.20.0.8', '10.0.0.1', 'fd00::8', '203.0.113.10']);

test('each address has one of its own that looks like it; nobody has that of another, or of the machine', () => {
  const addresses = addressesFor('each', ['127.0.0.1'], reached);
  expect(addresses.of('10.20.0.8')).toBe('127.20.0.8');
  expect(addresses.of('192.20.0.8')).toBe('127.21.0.8');
  expect(addresses.of('10.20.0.8')).toBe('127.20.0.8');
  expect(addresses.of('10.0.0.1')).toBe('127.100.0.1');
  expect(addresses.of('fd00::8')).toBe('::1');
  expect(addresses.of('fd00::9')).toBe('100::1');
});

test('behind one address is everything that listens, and nothing else', () => {
  const addresses = addressesFor('one', ['10.77.0.2'], reached);
  expect([addresses.of('10.20.0.8'), addresses.of('203.0.113.10')]).toEqual(['10.77.0.2', '10.77.0.2']);
  expect([addresses.of('10.20.0.99'), addresses.of('10.20.0.98')]).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(addresses.of('fd00::8')).toBeNull();
});

test('behind an address of each version is everything by both; behind IPv6 alone by that', () => {
  const both = addressesFor('one', ['10.77.0.2', 'fd77::2'], reached);
  expect(both.all('10.20.0.8')).toEqual(['10.77.0.2', 'fd77::2']);
  expect([both.of('10.20.0.8'), both.by('10.20.0.8', 4), both.by('10.20.0.8', 6)]).toEqual([
    '10.77.0.2',
    '10.77.0.2',
    'fd77::2',
  ]);
  expect([both.all('fd00::8'), both.by('fd00::8', 4)]).toEqual([['fd77::2'], null]);
  expect([both.of('10.20.0.99'), both.by('10.20.0.99', 6)]).toEqual(['192.0.2.1', null]);
  const six = addressesFor('one', ['::1'], reached);
  expect([six.of('10.20.0.8'), six.by('10.20.0.8', 4), six.of('fd00::8')]).toEqual(['::1', null, '::1']);
  expect(six.of('10.20.0.99')).toBe('100::1');
});

test.each(['one', 'each', 'story'] as const)('marks mean the same to everybody: %s', (how) => {
  const addresses = addressesFor(how, ['127.0.0.1'], reached);
  for (const mark of ['127.0.53.53', '0.0.0.0', '255.255.255.255', '::1']) expect(addresses.of(mark)).toBe(mark);
});

test('low ports are tried until one is not permitted; no port is used twice at one address', () => {
  const usual = portPolicy('usual');
  expect([usual.for(53), usual.for(8080), usual.for(67)]).toEqual([[53, 5300], [8080], [67, 10_067]]);
  usual.lowDenied();
  expect([usual.for(80), usual.for(443)]).toEqual([[8000], [8443]]);
  usual.use('127.0.0.1', 8443);
  usual.use('127.0.0.1', 8444);
  expect([usual.unused('127.0.0.1', 8443), usual.unused('127.0.0.2', 8443)]).toEqual([8445, 8443]);
  expect(portPolicy('high').for(53)).toEqual([5300]);
  const free = portPolicy('free');
  free.use('127.0.0.1', 0);
  expect([free.for(53), free.unused('127.0.0.1', 0)]).toEqual([[0], 0]);
});

const door = (what: Door['what'], speaks: Door['speaks'], name: string, last: number): Door => ({
  what,
  name,
  names: [name],
  at: { ip: `10.20.0.${last}`, port: 80 },
  transport: 'tcp',
  speaks,
});
const web = door('host', 'http', '*.web.example', 1);
const wpad = door('host', 'http', 'wpad.example', 5);
const proxy = door('proxy', 'proxy', 'proxy.example', 8);
const choose = chooserFor([web, wpad, proxy], (ip) => (ip === '10.20.0.5' ? ['alias.example'] : []));
const said = (text: string, more = true): string => {
  const chosen = choose(Buffer.from(text, 'latin1'), more);
  return chosen === 'more' ? chosen : chosen.ip;
};

test.each([
  ['GET / HTTP/1.1\r\nHost: a.web.example\r\n\r\n', '10.20.0.1'],
  ['GET / HTTP/1.1\r\nhost:WPAD.example:80 \r\n\r\n', '10.20.0.5'],
  ['GET / HTTP/1.1\r\nHost: alias.example.\r\n\r\n', '10.20.0.5'],
  ['GET / HTTP/1.1\r\nHost: wpad\r\n\r\n', '10.20.0.5'],
  ['GET / HTTP/1.1\r\nHost: nobody.example\r\n\r\n', '10.20.0.1'],
  ['GET http://wpad.example/ HTTP/1.1\r\nHost: wpad.example\r\n\r\n', '10.20.0.8'],
  ['CONNECT a.web.example:443 HTTP/1.1\r\n\r\n', '10.20.0.8'],
  ['OPTIONS * HTTP/1.1\r\nHost: wpad.example\r\n\r\n', '10.20.0.5'],
  ['\x05\x01\x00', '10.20.0.8'],
  ['GET / HTTP/1.1\r\nHost: wpad', 'more'],
  ['', 'more'],
])('%j wants %s', (text, wanted) => {
  expect(said(text)).toBe(wanted);
});

test('who has said too little when its time is up is taken to the first', () => {
  expect([said('', false), said('GET / HTT', false), said('\x16\x03', false)]).toEqual([
    web.at.ip,
    web.at.ip,
    web.at.ip,
  ]);
});

test('who speaks first, and who says nothing that tells, cannot share', () => {
  const amqp = door('host', 'tcp', 'bus.example', 9);
  expect([canShare(web, wpad), canShare(web, proxy), canShare(proxy, proxy), canShare(web, amqp)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('a proxy leads into the story; out of it only where it was told to, and never to what is next to it', () => {
  const way = destinationsFor({
    storyOf: (host, port) => (host === '127.20.0.5' && port === 80 ? { ip: '10.20.0.5', port: 80 } : undefined),
    isStory: (ip) => ip === '10.20.0.5',
    knows: (name) => name === 'wpad.example',
    allowed: ['*.real.example', '198.51.100.7:443', '169.254.169.254', '*:8443'],
    closedPorts: [7400],
    net: { leave: () => Promise.reject(new Error('nobody dials here')) },
  });
  const kind = (host: string, port = 80): string => Object.keys(way({ host, port }))[0] ?? '';
  expect(way({ host: '127.20.0.5', port: 80 })).toEqual({ story: { host: '10.20.0.5', port: 80 } });
  expect([kind('10.20.0.5'), kind('wpad.example'), kind('nobody.example')]).toEqual(['story', 'story', 'story']);
  expect([kind('a.real.example'), kind('198.51.100.7', 443), kind('any.example', 8443)]).toEqual([
    'real',
    'real',
    'real',
  ]);
  expect([kind('198.51.100.7', 80), kind('127.20.0.5', 81), kind('localhost', 8443)]).toEqual([
    'refused',
    'refused',
    'refused',
  ]);
  for (const host of ['127.0.0.1', '169.254.169.254', 'fe80::1', '::1', '100.100.100.200'])
    expect([host, kind(host, 8443)]).toEqual([host, 'refused']);
});
