/** Filters that people type: what is understood, what is not, and that Wireshark shows the same packets. */
import { spawnSync } from 'node:child_process';

import { describe, expect, test } from 'vitest';

import { toPcapng } from '../../src/capture/pcapng.ts';
import { Capture } from '../../src/evidence/capture.ts';
import { captureFilter, displayFilter, frameIn } from '../../src/evidence/index.ts';
import { pcapng } from '../../src/evidence/formats/pcapng.ts';
import { Source } from '../../src/evidence/source.ts';
import { runScenario } from '../../src/run/run.ts';
import { shippedScenarios } from '../kit/scenarios.ts';
import { askWireshark, tsharkIsHere } from '../kit/wireshark.ts';
import { ethernet, fileOf, ip } from './kit.ts';

describe('a display filter', () => {
  test.each([
    ['tcp.analysis.retransmission && tcp.flags.syn==1', 'wireshark', 'direct', []],
    ['http.request.method=="CONNECT" || http.response.code in {200, 407, 502}', 'wireshark', 'proxy', []],
    ['http.response.code in {200 407 502}', 'wireshark', 'proxy', []],
    ['(http.request or http.response) and tcp.port==8080', 'wireshark', 'proxy', [8080]],
    ['tcp.port==443', 'wireshark', 'direct', [443]],
    ['tcp.flags.syn==1 && tcp.port==8080', 'wireshark', 'proxy', [8080]],
    ['not tcp.port==8080', 'wireshark', null, []],
    ['property.TCPSynRetransmit', 'message-analyzer', 'direct', []],
    ['(https.Request or https.Response) and tcp.port==8080', 'message-analyzer', 'proxy', [8080]],
    ['TCP.Segment.Flags.Syn==True', 'message-analyzer', 'direct', []],
    ['HTTP.Method == "CONNECT"', 'message-analyzer', 'proxy', []],
    ['TCP.Port in [8080, 3128]', 'message-analyzer', 'proxy', [8080, 3128]],
  ])('%s is for %s and asks for %s', (text, syntax, asks, ports) => {
    expect(displayFilter(text)).toMatchObject({ syntax, asks, ports, unknown: null });
  });

  test('of Message Analyzer is told in Wireshark’s words', () => {
    const told = (text: string) => displayFilter(text).wireshark;
    expect(told('property.TCPSynRetransmit')).toBe('tcp.analysis.retransmission && tcp.flags.syn==1');
    expect(told('(https.Request or https.Response) and tcp.port==3128')).toBe(
      '(http.request || http.response) && tcp.port==3128',
    );
    expect(told('HTTP.StatusCode in [407, 502] or not (TCP.SourcePort ~= 443)')).toBe(
      'http.response.code in {407, 502} || !(tcp.srcport!=443)',
    );
  });

  test.each([
    ['frame contains "x"', 'frame'],
    ['tcp.port > 80', '>'],
    ['tcp.port==http', 'http'],
    ['tcp.flags.syn==1 &&', 'the end'],
    ['(tcp', 'the end'],
    ['tcp tcp', 'tcp'],
    ['tcp.analysis.retransmission==2', '2'],
    ['http.request.uri matches "a"', 'http.request.uri'],
    ['ip.addr==proxy', 'proxy'],
    ['tcp.port in {}', '}'],
    ['§', '§'],
    ['', 'the end'],
  ])('%s is not guessed at', (text, unknown) => {
    expect(displayFilter(text)).toMatchObject({ syntax: null, unknown, wireshark: null, asks: null });
  });
});

const seen = (from: string, to: string) => frameIn(ethernet(ip({ from, to, seq: 1, flags: 'S' })));

/** Comes with tshark. */
const sniffer = 'dumpcap';

describe('a capture filter', () => {
  test.each([
    ['tcp port 8080', true, [8080]],
    ['port 80 or port 443', false, [80, 443]],
    ['tcp dst port 8080 and host 10.0.0.8', true, [8080]],
    ['src port 8080', false, [8080]],
    ['not port 8080', false, []],
    ['tcp and not (port 22 or port 3389)', true, []],
    ['udp port 53', false, []],
    ['portrange 8000-9000', true, []],
    ['src host 10.0.0.8', false, []],
    ['', true, []],
    // Of one rank, from the left: (port 22 or tcp) and host 10.0.0.9.
    ['port 22 or tcp and host 10.0.0.9', false, [22]],
  ])('%s keeps a SYN to 8080: %s', (text, kept, ports) => {
    const filter = captureFilter(text);
    const packet = seen('10.0.0.10:50000', '10.0.0.8:8080');
    if (!packet) throw new Error('the packet was not read');
    expect([filter.unknown, filter.keeps(packet), filter.ports]).toEqual([null, kept, ports]);
  });

  test.each([
    ['net 10.0.0.0/8', 'net'],
    ['tcp[tcpflags] & tcp-syn != 0', '&'],
    ['port 80 or 443', '443'],
    ['ether host x', 'ether'],
  ])('%s is not guessed at, and keeps everything', (text, unknown) => {
    const packet = seen('10.0.0.10:50000', '10.0.0.8:8080');
    if (!packet) throw new Error('the packet was not read');
    const filter = captureFilter(text);
    expect([filter.unknown, filter.keeps(packet), filter.ports]).toEqual([unknown, true, []]);
  });

  test.skipIf(spawnSync(sniffer, ['-v']).status !== 0)('libpcap understands those that are understood here', () => {
    for (const text of [
      'tcp dst port 8080 and host 10.0.0.8',
      'tcp and not (port 22 or port 3389)',
      'portrange 80-90',
    ]) {
      const { status } = spawnSync(sniffer, ['-d', '-f', text, '-i', 'lo']);
      expect([text, status === 0]).toEqual([text, true]);
    }
  });
});

const filters = [
  'tcp.analysis.retransmission && tcp.flags.syn==1',
  'tcp.analysis.retransmission',
  'http.request.method=="CONNECT" || http.response.code in {200, 407, 502}',
  '(http.request or http.response) and tcp.port==8080',
  'http',
  'tcp.port!=8080',
  '!(tcp.port==8080)',
  'ip.addr==10.20.0.8 and not tcp.dstport==443',
  'http.response.code in {400..599}',
  'udp.port==53 || ipv6',
  'tcp.flags.reset==1 || tcp.flags.fin==True',
  'http.request.method != "GET"',
];

/** The frames that a filter keeps, as it is asked here. */
async function kept(file: Uint8Array, text: string): Promise<number[]> {
  const frames: number[] = [];
  const filter = displayFilter(text);
  const capture: Capture = new Capture({
    ...filter,
    keeps(packet) {
      const keeps = filter.keeps(packet);
      if (keeps) frames.push(capture.slots.frame);
      return keeps;
    },
  });
  capture.open('x');
  await pcapng.read(new Source('x', fileOf(file).open()), { capture, drafts: [], traces: [] });
  return frames;
}

const scenarios = await shippedScenarios();

test
  .skipIf(!tsharkIsHere)
  .each([
    ['base-wpad-proxy-ok'],
    ['story-bypass'],
    ['auth-407-connect'],
    ['direct-443-syn-blackhole'],
    ['base-backend-via-proxy-ok'],
    ['tls-client-cert-lost'],
    ['env-ipv6-only'],
  ])(
  'Wireshark keeps the same frames of %s',
  async (id) => {
    const scenario = scenarios.find(({ model }) => model.id === id);
    if (!scenario) throw new Error(`no scenario ${id}`);
    const { events } = await runScenario(scenario, { clock: 'virtual', bytes: true, timeout: 20_000 });
    const file = toPcapng({ title: id, events });
    for (const filter of filters) {
      const theirs = askWireshark(file, filter, ['frame.number']).map(([frame]) => Number(frame));
      expect([filter, await kept(file, filter)]).toEqual([filter, theirs]);
    }
  },
  60_000,
);
