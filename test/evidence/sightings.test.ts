/** Captures as somebody takes them and looks at them: the file says how, and the same rules judge it as in a run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { interfaceDescription, optionCodes, sectionHeader } from '../../src/capture/blocks.ts';
import { diagnose, twoQuestions } from '../../src/diagnosis/index.ts';
import { pick } from '../../src/trace/view.ts';
import { ethernet, ip, pcapOf, read, talkOf } from './kit.ts';
import type { Tcp } from './kit.ts';

const client = '10.20.0.10:50000';
const request = 'CONNECT tenant.msappproxy.net:443 HTTP/1.1\r\nHost: tenant.msappproxy.net\r\n\r\n';
const answer = 'HTTP/1.1 200 OK\r\n\r\n';
const sealed = '\u0017\u0003\u0003\u0000\u0018abcdefghijklmnopqrstuvwx';

/** A tunnel through a proxy, from its SYN on. */
function tunnel(proxy = '10.20.0.8:3128'): Tcp[] {
  const { up, down } = talkOf(client, proxy);
  return [up(1000, 'S'), down(9000, 'SA'), up(1001, 'A'), up(1001, 'A', request), down(9001, 'A', answer)];
}
const standing = [0, 1, 2].map((nth): Tcp => ({
  from: client,
  to: '10.20.0.8:8080',
  seq: 5000 + nth * 29,
  flags: 'A',
  payload: sealed,
}));

const fileOf = (segments: readonly Tcp[]): Buffer =>
  pcapOf(segments.map((segment, index) => ({ at: Date.UTC(2026, 2, 2, 8) + index, bytes: ethernet(ip(segment)) })));
const found = async (file: Uint8Array, filter?: string): Promise<string[]> =>
  diagnose((await read(file, filter === undefined ? {} : { filter })).events).map(({ id }) => id);

describe('a capture that begins too late', () => {
  test('has connections that stand, and none that begins', async () => {
    expect(await found(fileOf(standing))).toEqual(['diag-capture-missed-start']);
    const [look] = pick((await read(fileOf(standing))).events, 'capture.read');
    expect(look?.data).toMatchObject({ packets: 3, standing: ['10.20.0.8:8080'], firstStanding: 1, begun: 0 });
  });
  test('is none when the same machine begins a connection in it', async () => {
    expect(await found(fileOf([...standing, ...tunnel()]))).toEqual([]);
  });
  test('is one when only another machine does', async () => {
    const other = tunnel().map((one) => ({
      ...one,
      from: one.from.replace('0.10:', '0.99:'),
      to: one.to.replace('0.10:', '0.99:'),
    }));
    expect(await found(fileOf([...standing, ...other]))).toEqual(['diag-capture-missed-start']);
  });
});

describe('what was typed to look at a capture', () => {
  test.each([
    ['tcp.port==8080', ['diag-wrong-proxy-port-filter']],
    ['(https.Request or https.Response) and tcp.port==8080', ['diag-wrong-proxy-port-filter', 'diag-tool-retired']],
    ['tcp.analysis.retransmission && tcp.flags.syn==1', ['diag-direct-vs-proxied-confusion']],
    ['property.TCPSynRetransmit', ['diag-direct-vs-proxied-confusion', 'diag-tool-retired']],
    ['tcp.port==3128 && http.request', []],
    ['http', []],
    // Nothing was refused: a filter for refusals shows nothing, and says nothing wrong.
    ['http.response.code==407', []],
    ['tcp contains "x"', []],
  ])('%s', async (filter, ids) => {
    expect(await found(fileOf(tunnel()), filter)).toEqual(ids);
  });

  test('is counted in packets, and said in Wireshark’s words', async () => {
    const { events, notes } = await read(fileOf(tunnel()), { filter: 'HTTP.StatusCode == 200' });
    const [look] = pick(events, 'capture.read');
    expect(look?.data.displayFilter).toMatchObject({ shown: 1, wireshark: 'http.response.code==200' });
    expect(notes.filter(({ says }) => says.includes('not understood'))).toEqual([]);
    const unknown = await read(fileOf(tunnel()), { filter: 'tcp contains "x"' });
    expect(unknown.notes.map(({ says }) => says).join()).toContain("of which 'contains' is not understood");
    expect(pick(unknown.events, 'capture.read')[0]?.data.displayFilter).toMatchObject({ shown: null });
  });

  test('in the answer, the port of the proxy takes the place of the guide’s', async () => {
    const says = async (proxy: string) => twoQuestions((await read(fileOf(tunnel(proxy)))).events)[1].says;
    expect(await says('10.20.0.8:3128')).toContain('Its port 3128 belongs in the place of 8080');
    expect(await says('10.20.0.8:8080')).not.toContain('in the place of');
  });
});

/** A file of pcapng without packets, as a sniffer leaves one that was told to keep what never came. */
const emptyFile = (filter: string, application = 'Dumpcap (Wireshark) 4.4.6'): Buffer =>
  Buffer.concat([
    sectionHeader([[optionCodes.userApplication, application]]),
    interfaceDescription([[optionCodes.filter, Buffer.concat([Buffer.of(0), Buffer.from(filter)])]]),
  ]);

describe('what the sniffer was told to keep', () => {
  test('is in the file, and a file without packets shows that nothing passed there', async () => {
    const { events, began } = await read(emptyFile('tcp port 8080'));
    expect(began).toBeNull();
    expect(pick(events, 'capture.read')[0]?.data).toMatchObject({
      tool: 'Dumpcap (Wireshark) 4.4.6',
      captureFilter: { text: 'tcp port 8080', ports: [8080] },
      packets: 0,
    });
    const [finding] = diagnose(events);
    expect(finding).toMatchObject({ id: 'diag-wrong-proxy-port-filter', confidence: 'likely' });
    expect(finding?.alternatives.map(({ id }) => id)).toEqual(['diag-direct-vs-proxied-confusion']);
    expect(await found(emptyFile('tcp port 443'))).toEqual(['diag-direct-vs-proxied-confusion']);
    expect(await found(emptyFile('udp port 53'))).toEqual([]);
    expect(await found(emptyFile('net 10.0.0.0/8'))).toEqual([]);
  });
  test('of a tool that is gone', async () => {
    expect(await found(emptyFile('', 'Microsoft Message Analyzer 1.4'))).toEqual(['diag-tool-retired']);
    expect(await found(emptyFile(''))).toEqual([]);
  });

  test('a file of dumpcap says the same', async () => {
    // Made by: dumpcap -i lo -f 'tcp port 8080' -w …, while a client asked a proxy on port 3128.
    const file = readFileSync(join(import.meta.dirname, 'real', 'filtered-8080.pcapng'));
    expect(pick((await read(file)).events, 'capture.read')[0]?.data).toMatchObject({
      format: 'pcapng',
      captureFilter: { text: 'tcp port 8080', ports: [8080] },
      packets: 0,
    });
    expect(await found(file)).toEqual(['diag-wrong-proxy-port-filter']);
  });
});

const real = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'real', 'captures', name));

describe('findings about a capture and about the network stand beside each other, the network’s first', () => {
  test.each([
    [
      'auth-407-connect.pcap',
      'tcp.analysis.retransmission && tcp.flags.syn==1',
      ['auth-407-connect', 'diag-direct-vs-proxied-confusion'],
    ],
    ['auth-407-connect.pcap', 'tcp.port==3128', ['auth-407-connect', 'diag-wrong-proxy-port-filter']],
    ['auth-407-connect.pcap', 'http.response.code==407', ['auth-407-connect']],
    [
      'direct-443-syn-blackhole.pcap',
      'http.request.method=="CONNECT"',
      ['direct-443-syn-blackhole', 'diag-direct-vs-proxied-confusion'],
    ],
    ['direct-443-syn-blackhole.pcap', 'tcp.analysis.retransmission && tcp.flags.syn==1', ['direct-443-syn-blackhole']],
    ['healthy-proxy.pcap', 'http.request.method=="CONNECT"', []],
    ['healthy-direct.pcap', 'tcp.flags.syn==1', []],
  ])('%s with %s', async (name, filter, ids) => {
    expect(await found(real(name), filter)).toEqual(ids);
  });
});

test('a file of Network Monitor is not read, and the message says what to do with it', async () => {
  await expect(read(Buffer.from('GMBU\u0000\u0002 and what follows'), {}, 'old.cap')).rejects.toMatchObject({
    problems: [
      { message: "'old.cap' is no file that is read here", hint: expect.stringContaining('editcap') as string },
    ],
  });
});
