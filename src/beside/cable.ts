/** What only the cable shows: SYNs without an answer, resets and ICMP in place of one; and a capture to diagnose from. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';

import { pause } from '../browser/limit.ts';
import { start } from '../browser/program.ts';
import type { Environment } from '../browser/program.ts';
import type { Clock } from '../clock.ts';
import { toPcapng } from '../capture/pcapng.ts';
import { frameIn } from '../evidence/frame.ts';
import { readEvidence } from '../evidence/read.ts';
import type { TraceEvent } from '../trace/events.ts';

export interface Watch extends AsyncDisposable {
  /** Ends it and gives the file; the last packets are in it. */
  end(): Promise<string>;
}

const patience = 3000;
/** Milliseconds that packets take from the kernel to the file. */
const delay = 150;

/** Returns when it sees packets. */
export async function watchCable(cable: string, folder: string, env: Environment): Promise<Watch> {
  const file = join(folder, 'cable.pcapng');
  const running = start(['dumpcap', '-q', '-i', cable, '-f', 'tcp or udp or icmp', '-w', file], env);
  for (let waited = 0; !running.said().includes('File:') && waited < patience; waited += 20) await pause(20);
  return {
    async end() {
      await pause(delay);
      await running[Symbol.asyncDispose]();
      return file;
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

export interface Captured {
  /** As a customer's capture would have it, with a beginning of its own. */
  events: readonly TraceEvent[];
  /** What the lab cannot see, at the time of the lab. */
  unanswered: TraceEvent[];
}

const types: readonly string[] = ['tcp.syn', 'tcp.refused'];

export async function readCables(files: readonly string[], clock: Clock): Promise<Captured> {
  const { events, began } = await readEvidence(
    files.map((file) => ({ name: file, open: () => createReadStream(file) })),
  );
  const offset = (began ?? 0) - (clock.date() - clock.now());
  const seen = events.filter(({ type }) => types.includes(type)).map((event) => atLab(event, offset));
  return { events, unanswered: [...seen, ...givenUp(seen)] };
}

/** What the model's clients would have on their own cables: its packets at their addresses, without keys, read back. */
export async function asCaptured(
  events: readonly TraceEvent[],
  addresses: readonly string[],
): Promise<readonly TraceEvent[]> {
  const application = 'Dumpcap (Wireshark)';
  const keeps = (frame: Uint8Array): boolean => {
    const { from = '', to = '' } = frameIn(frame) ?? {};
    return addresses.includes(from) || addresses.includes(to);
  };
  const file = toPcapng({ title: '', events, taken: { from: 0, filter: undefined, application, keeps } });
  return (await readEvidence([{ name: 'model.pcapng', open: () => once(file) }])).events;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}

const atLab = ({ seq, at, type, data }: TraceEvent, offset: number): TraceEvent =>
  // The type and its data stay together.
  ({ seq, at: at + offset, by: 'cable', type, data }) as TraceEvent;

/** The last SYN of a connection that nobody answered: after it the sender has given up. */
function givenUp(seen: readonly TraceEvent[]): TraceEvent[] {
  const first = new Map<string, number>();
  const last = new Map<string, TraceEvent>();
  for (const event of seen) {
    if (event.type !== 'tcp.syn') continue;
    const { from, to } = event.data;
    const key = `${from} ${to}`;
    if (!first.has(key)) first.set(key, event.at);
    last.set(key, {
      ...event,
      type: 'tcp.timeout',
      data: { from, to, afterMs: Math.round(event.at - (first.get(key) ?? 0)) },
    });
  }
  return [...last.values()];
}
