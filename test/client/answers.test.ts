/** WinINET keeps one answer of the script for each host (KB271361). */
import { expect, test } from 'vitest';

import { get, listening, one, play, rejected, scripted, second, two } from './kit.ts';

const byPath = {
  'wpad.corp.example': {
    http: {
      '/wpad.dat': {
        pacText: `function FindProxyForURL(url, host) { return shExpMatch(url, "*/b") ? "${two}" : "${one}"; }`,
      },
    },
  },
};
const story = { hosts: byPath, proxies: { one: listening(), two: second } };
const [a, b] = [get('http://app.test/a'), get('http://app.test/b')];

test('WinINET goes by the first answer for a host, WinHTTP asks for each URL', async () => {
  const wininet = await play({ profile: 'wininet', ...story, steps: [a, b, b] });
  expect([wininet.attempts, wininet.of('pac.answered').length]).toEqual([[one, one, one], 1]);
  const winhttp = await play({ profile: 'winhttp', ...story, steps: [a, b] });
  expect([winhttp.attempts, winhttp.of('pac.answered').length]).toEqual([[one, two], 2]);
});

test('another host, a restart and a new network are asked about anew', async () => {
  const other = await play({ profile: 'wininet', ...story, steps: [a, get('http://203.0.113.10/b')] });
  expect(other.attempts).toEqual([one, two]);
  const again = await play({ profile: 'wininet', ...story, steps: [a, { start: 'it' }, b] });
  expect(again.attempts).toEqual([one, two]);
  const moved = { network: { client: 'it', address: '10.20.0.77' } };
  expect((await play({ profile: 'wininet', ...story, steps: [a, moved, b] })).attempts).toEqual([one, two]);
});

test('it says its errors in its own names, with the numbers of WinHTTP, and does not see netsh', async () => {
  const client = { settings: { netsh: { proxy: 'two.corp.example:8080' } } };
  const dead = { client, hosts: scripted(one), proxies: { two: second }, firewall: [rejected('10.20.0.8:8080')] };
  const { requests, attempts } = await play({ profile: 'wininet', ...dead, steps: [get()] });
  expect(attempts).toEqual([one]);
  expect(requests[0]?.error).toMatchObject({ name: 'ERROR_INTERNET_CANNOT_CONNECT', number: 12_029 });
});
