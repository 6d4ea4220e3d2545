import { expect, test } from 'vitest';

import { dialsOf, endpoint, isDialTo, isPrivateAddress, namesByAddress } from '../../src/trace/dials.ts';
import { viewOf } from '../../src/trace/view.ts';
import { story } from '../kit/events.ts';

test('a dial is opened, refused or silent, and silence is one dial with all its SYNs', () => {
  const told = story().silence('203.0.113.10:443').refuse('203.0.113.10:5671');
  told.open('10.20.0.8:8080');
  expect(dialsOf(viewOf(told.events))).toMatchObject([
    { outcome: 'silent', silentSyns: 3, waited: 21_000, by: 'client:service', to: { ip: '203.0.113.10', port: 443 } },
    { outcome: 'refused', silentSyns: 0, to: { port: 5671 } },
    { outcome: 'opened', conn: 1, by: null },
  ]);
});

test('a name and an address are the same place once a client resolved the name', () => {
  const names = namesByAddress(viewOf(story().lookup('Proxy.corp.example', '10.20.0.8').events));
  const to = { ip: '10.20.0.8', port: 8080 };
  expect(isDialTo(names, to, { host: 'proxy.corp.example.', port: 8080 })).toBe(true);
  expect(isDialTo(names, to, { host: '10.20.0.8', port: 8080 })).toBe(true);
  expect(isDialTo(names, to, { host: 'proxy.corp.example', port: 3128 })).toBe(false);
  expect(isDialTo(names, to, { host: 'other.corp.example', port: 8080 })).toBe(false);
  expect(isDialTo(names, to, { host: '10.20.0.9', port: 8080 })).toBe(false);
});

test('addresses are split at the last colon, and private ones are known', () => {
  expect(endpoint('[2001:db8::8]:443')).toEqual({ ip: '2001:db8::8', port: 443 });
  const inside = ['10.0.0.1', '172.16.0.1', '172.31.9.9', '192.168.1.1', 'fd00::1', '127.0.0.1'];
  expect(inside.filter((ip) => !isPrivateAddress(ip))).toEqual([]);
  expect(['172.32.0.1', '203.0.113.10', '2001:db8::1', '11.0.0.1'].filter(isPrivateAddress)).toEqual([]);
});
