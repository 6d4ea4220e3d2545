/** What belongs to a client's machine: its families of addresses, and its clock. */
import { expect, test } from 'vitest';

import { get, listening, one, play } from './kit.ts';
import type { Story } from './kit.ts';

const bothFamilies: Story = {
  profile: 'dotnet-framework',
  records: { 'one.corp.example': { A: '10.20.0.8', AAAA: '2001:db8::8' } },
  proxies: { one: listening() },
  firewall: [{ when: { to: '2001:db8::8' }, then: 'drop' }],
  steps: [get()],
};
const byProxy = { settings: { defaultProxy: { proxy: { proxyaddress: 'http://one.corp.example:8080' } } } };

test('a machine with both families dials IPv6 first, from its IPv6 address', async () => {
  const { of, requests } = await play({ ...bothFamilies, client: { ...byProxy, ipv6: '2001:db8::10' } });
  expect(of('dns.resolved')[0]?.addresses).toEqual(['2001:db8::8', '10.20.0.8']);
  expect(of('tcp.syn')[0]).toMatchObject({ to: '[2001:db8::8]:8080' });
  expect(of('tcp.syn')[0]?.from).toMatch(/^\[2001:db8::10\]:/);
  expect(requests).toMatchObject([{ route: one, status: 200, at: 21_000 }]);
});

test('a machine without an IPv6 address asks for none and dials none', async () => {
  const { of, requests } = await play({ ...bothFamilies, client: byProxy });
  expect(of('dns.query').map(({ qtype }) => qtype)).not.toContain('AAAA');
  expect(requests).toMatchObject([{ status: 200, at: 0 }]);
});

test('a machine with IPv6 alone asks for AAAA alone, and no packet leaves for an IPv4 address', async () => {
  const settings = { defaultProxy: { proxy: { proxyaddress: 'http://10.20.0.8:8080' } } };
  const client = { address: '2001:db8::10', settings };
  const { of, requests } = await play({ ...bothFamilies, client });
  expect(of('tcp.opened')).toEqual([]);
  expect(of('tcp.syn')).toEqual([]);
  expect(of('client.attempt-finished')).toMatchObject([{ failure: 'tcp.unreachable' }]);
  expect(requests).toMatchObject([{ error: { name: 'ConnectFailure' } }]);
});

test('certificates are judged by the machine’s own clock', async () => {
  const story: Story = { profile: 'curl', steps: [get('https://app.test/')] };
  const failures = async (clock: Record<string, string>): Promise<(string | null)[]> =>
    (await play({ ...story, client: { clock } })).of('client.attempt-finished').map(({ failure }) => failure);
  expect(await failures({ behind: '1d' })).toEqual([null]);
  expect(await failures({ behind: '3d' })).toEqual(['tls.expired']);
  expect(await failures({ ahead: '40d' })).toEqual([null]);
  expect(await failures({ ahead: '60d' })).toEqual(['tls.expired']);
});
