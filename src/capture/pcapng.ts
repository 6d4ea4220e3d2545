/**
 * A run as a pcapng file for Wireshark: the story's own addresses and ports, real bytes, invented headers below them.
 * Needs a trace with bytes; without them the connections are there and nobody says anything.
 */
import type { Finding } from '../finding.ts';
import { viewOf } from '../trace/view.ts';
import type { TraceEvent } from '../trace/events.ts';
import { decryptionSecrets, enhancedPacket, interfaceDescription, optionCodes, sectionHeader } from './blocks.ts';
import type { Option } from './blocks.ts';
import { commentsOf } from './comments.ts';
import { dateOf } from './date.ts';
import { framesOf } from './frames.ts';

export interface Captured {
  /** What the file says about itself, on its first line. */
  title: string;
  events: readonly TraceEvent[];
  findings?: readonly Finding[];
  /** As a sniffer in the story took it; everything, unless given. */
  taken?: Taken;
}

export interface Taken {
  /** The first event that it saw. */
  from: number;
  /** What the sniffer was told, and which frames that are. */
  filter: string | undefined;
  keeps: (frame: Uint8Array) => boolean;
  application: string;
}

/** The whole file. TLS is readable in it: the secrets are inside. */
export function toPcapng({ title, events, findings = [], taken }: Captured): Uint8Array {
  const frames = framesOf(events).filter(({ seq, bytes }) => !taken || (seq >= taken.from && taken.keeps(bytes)));
  const comments = commentsOf(events, frames, findings);
  // A sniffer has no keys.
  const keys = taken ? [] : viewOf(events).ofType('tls.keys');
  const start = dateOf(events, 0) * 1000;
  let last = 0;
  return Buffer.concat([
    sectionHeader([
      [optionCodes.comment, [title, ...findings.map(sayFinding)].join('\n')],
      [optionCodes.userApplication, taken?.application ?? 'paclab'],
    ]),
    interfaceDescription([
      [optionCodes.name, 'lab'],
      [optionCodes.description, 'the one network of the lab; headers below TCP and UDP are made up'],
      ...(taken?.filter === undefined ? [] : [filterOption(taken.filter)]),
    ]),
    ...(keys.length > 0 ? [decryptionSecrets(keys.map(({ data }) => data.line))] : []),
    ...frames.map((frame) => {
      // Many packets share a millisecond of the lab; a microsecond between two keeps their order.
      last = Math.max(last + 1, start + frame.at * 1000);
      const comment = comments.get(frame);
      const options: Option[] = comment === undefined ? [] : [[optionCodes.comment, comment]];
      return enhancedPacket(frame.bytes, last, options);
    }),
  ]);
}

/** The first byte tells that it is text. */
const filterOption = (filter: string): Option => [
  optionCodes.filter,
  Buffer.concat([Buffer.of(0), Buffer.from(filter)]),
];

const sayFinding = ({ id, title, why, evidence }: Finding): string =>
  `finding ${id}: ${title}. ${why} (events ${evidence.join(', ')})`;
