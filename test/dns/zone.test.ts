import { expect, test } from 'vitest';

import { sayRecord } from '../../src/dns/record.ts';
import type { QType } from '../../src/dns/record.ts';
import { dnsSpec } from '../../src/dns/spec.ts';
import { createZone } from '../../src/dns/zone.ts';
import type { Zone } from '../../src/dns/zone.ts';

const zoneOf = (records: unknown, suffix = 'corp.example'): Zone =>
  createZone(dnsSpec.parse({ records }).records, suffix);

const zone = zoneOf({
  'wpad.corp.example': { A: '10.20.0.5', ttl: 60 },
  'multi.corp.example.': { A: ['10.20.0.8', '10.20.0.9'], AAAA: '2001:DB8::8' },
  'alias.corp.example': { CNAME: 'middle.corp.example' },
  'middle.corp.example': { CNAME: 'wpad.corp.example' },
  'dangling.corp.example': { CNAME: 'gone.corp.example' },
  'loop.corp.example': { CNAME: 'loop2.corp.example' },
  'loop2.corp.example': { CNAME: 'loop.corp.example' },
  '*.apps.corp.example': { A: '10.20.0.30' },
  'no.apps.corp.example': {},
  '_ldap._tcp.corp.example': { SRV: { port: 389, target: 'dc.corp.example' }, TXT: ['one', ['two', 'three']] },
  'corp.example': { NS: 'dc.corp.example', MX: { exchange: 'mail.corp.example' } },
});

const say = (name: string, qtype: QType): string => {
  const { rcode, answers } = zone.lookup(name, qtype);
  return [rcode, ...answers.map(sayRecord)].join(' ');
};

test('finds records of every type, whatever the case and with a trailing dot', () => {
  expect(say('WPAD.Corp.Example.', 'A')).toBe('NOERROR 10.20.0.5');
  expect(say('multi.corp.example', 'A')).toBe('NOERROR 10.20.0.8 10.20.0.9');
  expect(say('multi.corp.example', 'AAAA')).toBe('NOERROR 2001:DB8::8');
  expect(say('_ldap._tcp.corp.example', 'SRV')).toBe('NOERROR 0 0 389 dc.corp.example');
  expect(say('_ldap._tcp.corp.example', 'TXT')).toBe('NOERROR "one" "two" "three"');
  expect(say('corp.example', 'MX')).toBe('NOERROR 10 mail.corp.example');
  expect(say('corp.example', 'ANY')).toBe('NOERROR dc.corp.example 10 mail.corp.example');
});

test('follows aliases, tells of one that leads nowhere, and gives up on a loop', () => {
  expect(say('alias.corp.example', 'A')).toBe('NOERROR middle.corp.example wpad.corp.example 10.20.0.5');
  expect(say('alias.corp.example', 'CNAME')).toBe('NOERROR middle.corp.example');
  expect(say('dangling.corp.example', 'A')).toBe('NXDOMAIN gone.corp.example');
  expect(say('loop.corp.example', 'A')).toBe('SERVFAIL');
});

test('a name that does not exist and one without data both carry the SOA of the zone', () => {
  expect(zone.lookup('nope.corp.example', 'A')).toMatchObject({
    rcode: 'NXDOMAIN',
    answers: [],
    authority: [{ type: 'SOA', name: 'corp.example', ttl: 3600 }],
  });
  expect(zone.lookup('wpad.corp.example', 'AAAA')).toMatchObject({
    rcode: 'NOERROR',
    answers: [],
    authority: [{ type: 'SOA', name: 'corp.example' }],
  });
  expect(zone.lookup('wpad', 'A')).toMatchObject({ rcode: 'NXDOMAIN', authority: [{ type: 'SOA', name: '' }] });
});

test('the SOA of the scenario decides how long a negative answer lives', () => {
  const own = zoneOf({ 'corp.example': { SOA: { minimum: 30 }, ttl: 900 } });
  expect(own.lookup('nope.corp.example', 'A').authority).toMatchObject([{ ttl: 30, minimum: 30 }]);
  expect(own.lookup('nope.other.example', 'A').authority).toMatchObject([{ name: '', ttl: 3600 }]);
});

test('a wildcard answers for names that do not exist, at any depth, and for no other', () => {
  expect(say('x.apps.corp.example', 'A')).toBe('NOERROR 10.20.0.30');
  expect(say('y.x.apps.corp.example', 'A')).toBe('NOERROR 10.20.0.30');
  expect(say('no.apps.corp.example', 'A')).toBe('NOERROR');
  expect(say('apps.corp.example', 'A')).toBe('NOERROR');
  expect(say('x.corp.example', 'A')).toBe('NXDOMAIN');
  expect(zone.lookup('X.apps.corp.example', 'A').answers[0]?.name).toBe('X.apps.corp.example');
});

test('an address has a reverse name', () => {
  expect(say('5.0.20.10.in-addr.arpa', 'PTR')).toBe('NOERROR wpad.corp.example');
  expect(say(`8${'.0'.repeat(23)}.8.b.d.0.1.0.0.2.ip6.arpa`, 'PTR')).toBe('NOERROR multi.corp.example');
  expect(say('6.0.20.10.in-addr.arpa', 'PTR')).toBe('NXDOMAIN');
});

test('knows all names of an address, and all addresses of a name', () => {
  expect(zone.names('10.20.0.5')).toEqual(['wpad.corp.example', 'alias.corp.example', 'middle.corp.example']);
  expect(zone.names('2001:db8:0::8')).toEqual(['multi.corp.example']);
  expect(zone.names('10.99.0.1')).toEqual([]);
  expect(zone.addressesOf('multi.corp.example')).toEqual(['10.20.0.8', '10.20.0.9', '2001:DB8::8']);
  expect(zone.addressesOf('alias.corp.example')).toEqual(['10.20.0.5']);
  expect(zone.addressesOf('nope.corp.example')).toEqual([]);
});
