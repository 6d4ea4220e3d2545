/** Asks the real tshark. Where it is not installed, whoever needs it skips, and says so. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { toPcapng } from '../../src/capture/pcapng.ts';
import { dialsOf } from '../../src/trace/dials.ts';
import type { TraceEvent } from '../../src/trace/events.ts';
import { viewOf } from '../../src/trace/view.ts';

export const tsharkIsHere = spawnSync('tshark', ['--version']).status === 0;
if (!tsharkIsHere) process.stderr.write('\ntshark is not installed: NO CAPTURE WAS OPENED (Debian: tshark)\n\n');

/** The port of the proxies of the scenarios. */
const decoded = ['-d', 'tcp.port==8080,http'];
const strict = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);

/** What Wireshark shows of a file: the fields of every packet that the display filter lets pass. */
export function askWireshark(file: Uint8Array, filter: string, fields: readonly string[]): string[][] {
  const shown = fields.flatMap((field) => ['-e', field]);
  return (
    tshark(file, [...strict, ...decoded, '-Y', filter, '-T', 'fields', '-E', 'separator=/t', ...shown])
      .split('\n')
      // Between the sections of a file tshark writes headings.
      .filter((line) => line !== '' && !/^Section \d+:$/.test(line))
      .map((line) => line.split('\t'))
  );
}

/** It reads files, and pipes of a shell, not the sockets that Node gives for standard input. */
function tshark(file: Uint8Array, args: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'paclab-capture-'));
  try {
    const path = join(folder, 'run.pcapng');
    writeFileSync(path, file);
    const { status, stdout, stderr } = spawnSync('tshark', ['-n', '-r', path, ...args], { maxBuffer: 2 ** 28 });
    if (status !== 0) throw new Error(`tshark: ${stderr.toString()}`);
    return stdout.toString();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What finds SYNs that were sent again. */
export const retransmittedSyn = 'tcp.analysis.retransmission && tcp.flags.syn==1';
/** Everything that Wireshark may dislike, except retransmitted SYNs. */
export const complaint = [
  '_ws.malformed',
  // Warnings are about what the stories are about: resets, repeated DNS queries. TCP's are below.
  '_ws.expert.severity >= "Error"',
  '_ws.expert.group == "Malformed"',
  '_ws.expert.group == "Checksum"',
  'ip.checksum.status == 0',
  'tcp.checksum.status == 0',
  'udp.checksum.status == 0',
  'icmp.checksum.status == 0',
  'icmpv6.checksum.status == 0',
  `tcp.analysis.flags && !(${retransmittedSyn})`,
]
  .map((part) => `(${part})`)
  .join(' || ');

/** A capture that is a section of a larger file; each in a net of its own, or flows of two runs would be one. */
export interface Section {
  title: string;
  file: Uint8Array;
  /** SYNs that a client sent again, after silence or after RST. */
  repeatedSyns: number;
}

const sectionsInOneFile = 200;

const inNet = (events: readonly TraceEvent[], net: number): TraceEvent[] =>
  events.map((event) => {
    const { from, to } = event.data as { from?: string; to?: string };
    if (from === undefined || to === undefined) return event;
    const move = (place: string): string => place.replace(/^\d+\./, `${net}.`).replace(/^\[[^:]*/, `[${net}`);
    return { ...event, data: { ...event.data, from: move(from), to: move(to) } } as TraceEvent;
  });

export const sectionOf = (title: string, events: readonly TraceEvent[], index: number): Section => ({
  title,
  file: toPcapng({ title, events: inNet(events, (index % sectionsInOneFile) + 1) }),
  repeatedSyns: dialsOf(viewOf(events))
    .map((dial) => dial.events.filter(({ type }) => type !== 'tcp.timeout').length - 1)
    .reduce((sum, repeated) => sum + repeated, 0),
});

/** Packets by section, as `title: what Wireshark shows`. */
export function shownIn(sections: readonly Section[], filter: string, ...fields: string[]): string[] {
  const shown: string[] = [];
  for (let from = 0; from < sections.length; from += sectionsInOneFile) {
    const some = sections.slice(from, from + sectionsInOneFile);
    const file = Buffer.concat(some.map(({ file: section }) => section));
    for (const [number, ...said] of askWireshark(file, filter, ['frame.section_number', ...fields])) {
      shown.push([some[Number(number) - 1]?.title, ...said].join(': '));
    }
  }
  return shown;
}
