/** What the real Wireshark makes of captures: its questions have answers, and it complains of nothing. */
import { describe, expect, test } from 'vitest';

import { toPcapng } from '../../src/capture/pcapng.ts';
import { runScenario } from '../../src/run/run.ts';
import type { RunRecord } from '../../src/run/record.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { Story } from '../kit/events.ts';
import { blocksIn } from '../kit/pcapng.ts';
import { shippedScenarios } from '../kit/scenarios.ts';
import { askWireshark, complaint, retransmittedSyn, sectionOf, shownIn, tsharkIsHere } from '../kit/wireshark.ts';

const scenarios = await shippedScenarios();
const options = { clock: 'virtual', bytes: true, timeout: 20_000 } as const;

const twinOf = (scenario: Scenario): Scenario[] => (scenario.twin ? [{ ...scenario, model: scenario.twin }] : []);
const capture = ({ id, events, findings }: Pick<RunRecord, 'id' | 'events' | 'findings'>): Uint8Array =>
  toPcapng({ title: id, events, findings });

function named(id: string): Scenario {
  const scenario = scenarios.find(({ model }) => model.id === id);
  if (!scenario) throw new Error(`no scenario ${id}`);
  return scenario;
}

const runOf = async (id: string): Promise<Uint8Array> => capture(await runScenario(named(id), options));

describe.skipIf(!tsharkIsHere)('the questions a support engineer asks', () => {
  test('retransmitted SYNs are the blocked direct connections, and the healthy twin has none', async () => {
    const scenario = named('direct-443-syn-blackhole');
    const fields = ['ip.src', 'ip.dst', 'tcp.dstport', 'frame.time_relative'];
    const blocked = askWireshark(capture(await runScenario(scenario, options)), retransmittedSyn, fields);
    expect(blocked.map(([from, to, port, time]) => [from, to, port, Math.round(Number(time))])).toEqual([
      ['10.20.0.10', '203.0.113.10', '443', 3],
      ['10.20.0.10', '203.0.113.10', '443', 9],
    ]);
    const [twin] = twinOf(scenario);
    if (!twin) throw new Error('no twin');
    const healthy = capture(await runScenario(twin, options));
    expect(askWireshark(healthy, retransmittedSyn, fields)).toEqual([]);
    expect(askWireshark(healthy, 'tcp.flags.syn == 1 && tcp.flags.ack == 0', ['ip.dst'])).toContainEqual([
      '203.0.113.10',
    ]);
  });

  test.each([
    ['base-explicit-proxy-ok', ['CONNECT', '200']],
    ['auth-407-connect', ['CONNECT', '407']],
    ['policy-502-deny', ['CONNECT', '502']],
  ])('%s shows CONNECT with its status on the proxy port', async (id, told) => {
    const shown = askWireshark(
      await runOf(id),
      'tcp.port == 8080 && (http.request.method == "CONNECT" || http.response.code in {200, 407, 502}) && !tls',
      ['http.request.method', 'http.response.code'],
    );
    expect(shown.map((fields) => fields.join(''))).toEqual(told);
  });

  test('TLS is readable with the keys in the file, and without them it is not', async () => {
    const file = await runOf('base-wpad-none-direct-ok');
    const inside = 'tls && http.request.uri == "/bootstrap"';
    expect(askWireshark(file, inside, ['http.host', 'tcp.dstport'])).toEqual([['tenant.msappproxy.net', '443']]);
    const sealed = Buffer.concat(blocksIn(file).flatMap((block) => (block.type === 10 ? [] : [block.whole])));
    expect(askWireshark(sealed, inside, ['http.host'])).toEqual([]);
    expect(askWireshark(sealed, 'tls.handshake.type == 1', ['ip.dst'])).toEqual([['203.0.113.10']]);
  });

  test('both legs of an inspecting proxy are readable', async () => {
    const shown = askWireshark(await runOf('tls-client-cert-lost'), 'tls && (http.request || http.response)', [
      'ip.src',
      'http.request.uri',
      'http.response.code',
    ]);
    expect(shown).toEqual([
      ['10.20.0.10', '/bootstrap', ''],
      ['10.20.0.8', '/bootstrap', ''],
      ['203.0.113.10', '', '403'],
      ['10.20.0.8', '', '403'],
    ]);
  });

  test('a search for a finding leads to its packets', async () => {
    const filter = 'frame.comment contains "finding auth-407-connect"';
    const shown = askWireshark(await runOf('auth-407-connect'), filter, ['http.request.method', 'http.response.code']);
    expect(shown.slice(0, 2)).toEqual([
      ['CONNECT', ''],
      ['', '407'],
    ]);
    expect(askWireshark(await runOf('base-explicit-proxy-ok'), filter, ['frame.number'])).toEqual([]);
  });
});

describe.skipIf(!tsharkIsHere)('Wireshark complains', () => {
  test('of nothing that a scenario may do one day', () => {
    const stories = {
      'a megabyte each way': opened().bytes('up', 1_000_000).bytes('down', 1_000_000).fin('up').fin('down'),
      'single bytes': opened().bytes('up', 1).bytes('up', 1).bytes('down', 1).fin('down').bytes('up', 1).fin('up'),
      'a reset in the middle': opened().bytes('up', 3000).rst('down').bytes('up', 10).fin('up'),
      'a reset after FIN': opened().bytes('up', 1).fin('up').rst('down'),
      IPv6: opened('[2001:db8::a]:49153', '[2001:db8:1::8]:9').bytes('up', 3000).bytes('down', 1).fin('down'),
      'IPv4 to IPv6': opened('10.20.0.10:49153', '[2001:db8:1::8]:9').bytes('up', 3000),
      'DNS over TCP': opened('10.20.0.10:49153', '10.20.0.2:53').sent(
        'up',
        Buffer.concat([Buffer.of(0, 27), question]),
      ),
      ICMP: new Wire().refused('10.20.0.10:49153', '203.0.113.10:443'),
      ICMPv6: new Wire().refused('[2001:db8::a]:49153', '[2001:db8:1::8]:443'),
    };
    const sections = Object.entries(stories).map(([title, { events }], index) => sectionOf(title, events, index));
    expect(shownIn(sections, complaint, 'frame.number', '_ws.col.Info')).toEqual([]);
    expect(shownIn(sections, 'dns', 'dns.qry.name')).toEqual(['DNS over TCP: wpad.corp']);
    expect(shownIn(sections, 'icmp.type == 3 && icmp.code == 13')).toEqual(['ICMP']);
    expect(shownIn(sections, 'icmpv6.type == 1 && icmpv6.code == 1')).toEqual(['ICMPv6']);
  });

  test('of a packet that was harmed on its way to the file', () => {
    const { title, file, repeatedSyns } = sectionOf('harmed', opened().bytes('up', 100).events, 0);
    const harmed = Buffer.from(file);
    // Inside the padding-free payload of the only packet with content.
    harmed[harmed.lastIndexOf(Buffer.alloc(50, 'x')) + 10] = 0;
    expect(shownIn([{ title, file: harmed, repeatedSyns }], complaint)).toEqual(['harmed']);
    expect(shownIn([{ title, file, repeatedSyns }], complaint)).toEqual([]);
  });
});

/** A query for wpad.corp, type A (RFC 1035 4.1). */
const question = Buffer.from('\0\x07\x01\0\0\x01\0\0\0\0\0\0\x04wpad\x04corp\0\0\x01\0\x01', 'latin1');

class Wire extends Story {
  opened(from: string, to: string): this {
    return this.write('tcp.opened', { conn: 1, from, to }, 'net');
  }

  refused(from: string, to: string): this {
    return this.write('tcp.refused', { from, to, how: 'icmp-prohibited', simulated: true });
  }

  bytes(dir: 'up' | 'down', length: number): this {
    return this.sent(dir, Buffer.alloc(length, 'x'));
  }

  sent(dir: 'up' | 'down', bytes: Buffer): this {
    return this.write('tcp.data', { conn: 1, dir, length: bytes.length, bytes: bytes.toString('base64') });
  }

  fin(dir: 'up' | 'down'): this {
    return this.write('tcp.fin', { conn: 1, dir });
  }

  rst(dir: 'up' | 'down'): this {
    return this.write('tcp.rst', { conn: 1, dir });
  }
}

function opened(from = '10.20.0.10:49153', to = '203.0.113.10:9'): Wire {
  return new Wire().opened(from, to);
}
