/** DHCP in captures: what servers tell of the proxy script, as the events that a client of the lab writes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { toPcapng } from '../../src/capture/pcapng.ts';
import { diagnose } from '../../src/diagnosis/index.ts';
import { runScenario } from '../../src/run/run.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { pick } from '../../src/trace/view.ts';
import { shippedScenarios } from '../kit/scenarios.ts';
import { askWireshark, tsharkIsHere } from '../kit/wireshark.ts';
import { read } from './kit.ts';

/** A lease, and then a DHCPINFORM, sent over loopback and captured by dumpcap; the option of the last ACK is in two parts. */
const lease = readFileSync(join(import.meta.dirname, 'real', 'lease.pcapng'));
const script = 'http://wpad.corp.example/wpad.dat';

describe('a lease and a DHCPINFORM that dumpcap has captured', () => {
  test('are read with options 6, 15 and 252, the NUL at the end included', async () => {
    const { events } = await read(lease);
    const told = pick(events, 'discovery.started', 'dhcp.answer', 'discovery.finished');
    expect(told.map(({ type, frame, data }) => ({ type, frame, ...data }))).toEqual([
      {
        type: 'dhcp.answer',
        frame: 2,
        client: '10.20.0.10',
        adapter: '00:15:5d:01:02:03',
        server: '10.20.0.3',
        option252: `${script}\0`,
        dns: ['10.20.0.2', '10.20.0.4'],
        suffix: 'corp.example',
      },
      // A lease is no search for a script; the DHCPINFORM is.
      { type: 'discovery.started', frame: 3, client: '10.20.0.10', source: 'dhcp', name: 'option 252' },
      expect.objectContaining({ type: 'dhcp.answer', frame: 4, option252: `${script}\0`, dns: [], suffix: null }),
      { type: 'discovery.finished', frame: 4, client: '10.20.0.10', source: 'dhcp', url: script, reason: null },
    ]);
    expect(diagnose(events).map(({ id }) => id)).toEqual(['dhcp252-trailing-nul']);
  });

  test.skipIf(!tsharkIsHere)('say the same to Wireshark', () => {
    const fields = ['ip.your', 'option.dhcp', 'option.domain_name_server', 'option.domain_name'].map(
      (name) => `dhcp.${name}`,
    );
    expect(askWireshark(lease, 'dhcp.option.dhcp==5', fields)).toEqual([
      ['10.20.0.10', '5', '10.20.0.2,10.20.0.4', 'corp.example'],
      ['0.0.0.0', '5', '', ''],
    ]);
  });
});

const scenarios = await shippedScenarios();
async function captureOf(id: string): Promise<{ file: Uint8Array; events: readonly TraceEvent[] }> {
  const scenario = scenarios.find(({ model }) => model.id === id);
  if (!scenario) throw new Error(`no scenario ${id}`);
  const { events } = await runScenario(scenario, { clock: 'virtual', bytes: true, timeout: 20_000 });
  return { file: toPcapng({ title: id, events }), events };
}

describe('a capture of the lab has its DHCP', () => {
  test.each([
    ['dhcp252-trailing-nul'],
    ['dhcp252-multi-nic-conflict'],
    ['dhcp252-inform-unanswered'],
    ['dhcp252-file-scheme'],
  ])(
    '%s is found in it',
    async (id) => {
      const { file, events } = await captureOf(id);
      const { events: seen } = await read(file);
      expect(diagnose(seen).map((finding) => finding.id)).toEqual([id]);
      const values = (list: readonly TraceEvent[]) =>
        pick(list, 'dhcp.answer').map(({ data }) => [data.server, data.option252]);
      expect(values(seen)).toEqual(values(events));
    },
    20_000,
  );

  test.skipIf(!tsharkIsHere)(
    'and Wireshark reads it',
    async () => {
      const { file } = await captureOf('dhcp252-multi-nic-conflict');
      const shown = askWireshark(file, 'dhcp', [
        'ip.src',
        'ip.dst',
        'dhcp.option.dhcp',
        'dhcp.option.private_proxy_autodiscovery',
      ]);
      expect(shown).toEqual([
        ['10.20.0.10', '255.255.255.255', '8', ''],
        ['192.168.9.3', '10.20.0.10', '5', 'http://192.168.9.5/wpad.dat'],
        ['10.20.0.3', '10.20.0.10', '5', 'http://10.20.0.5/wpad.dat'],
      ]);
      expect(askWireshark(file, 'dhcp && (_ws.malformed || udp.checksum.status==0)', ['frame.number'])).toEqual([]);
    },
    20_000,
  );
});
