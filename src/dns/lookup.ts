/** One name, asked of one server: retries over UDP, TCP when the answer was cut, and nothing believed too easily. */
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { splitHostPort } from '../net/address.ts';
import type { Connection } from '../net/connection.ts';
import type { Host, Net } from '../net/net.ts';
import { eachMessage, framed } from './framing.ts';
import { decode, encode, queryFor } from './message.ts';
import type { Message } from './message.ts';
import { canonicalName } from './name.ts';
import type { QType } from './record.ts';
import type { StubResolver } from './stubs.ts';

export interface LookupTools {
  net: Net;
  clock: Clock;
  chance: Chance;
  host: Host;
  /** Story address of the server: `10.20.0.2:53`. */
  server: string;
  stub: StubResolver;
}

/**
 * The answer to each question, or null. All questions leave on one socket, in order, before anything is awaited.
 * `deadline` is a lab time in milliseconds at which to give up early.
 */
export async function ask(
  name: string,
  qtypes: readonly QType[],
  tools: LookupTools,
  deadline = Infinity,
): Promise<(Message | null)[]> {
  const { net, clock, host, server, stub } = tools;
  const queries = queriesFor(name, qtypes, tools.chance);
  const inbox = new Map<Message, Message>();
  let heard = (): void => undefined;
  using socket = await net.datagrams(host, 0, (bytes, from) => {
    const query = from === server ? questionOf(bytes, queries) : undefined;
    if (!query) return;
    inbox.set(query.query, query.answer);
    heard();
  });
  const settled = new Map<Message, Message>();
  const last = new Map<Message, Message>();
  for (const [attempt, patience] of stub.attempts.entries()) {
    const open = queries.filter((query) => !settled.has(query));
    const wait = Math.min(patience, deadline - clock.now());
    if (open.length === 0 || wait <= 0) break;
    for (const query of open) socket.send(encode(query), server);
    await patiently(clock, wait, (done) => {
      heard = () => {
        if (open.every((query) => inbox.has(query))) done();
      };
    });
    for (const query of open) {
      const first = inbox.get(query);
      inbox.delete(query);
      const answer = first?.truncated ? await askOverTcp(query, tools, deadline) : first;
      if (!answer) continue;
      last.set(query, answer);
      if (!stub.retryOn.includes(answer.rcode) || attempt === stub.attempts.length - 1) settled.set(query, answer);
    }
  }
  return queries.map((query) => settled.get(query) ?? last.get(query) ?? null);
}

function queriesFor(name: string, qtypes: readonly QType[], chance: Chance): Message[] {
  const first = chance.below(0x10000);
  // Ids must differ, or the answers of one lookup could not be told apart.
  return qtypes.map((qtype, index) => queryFor((first + index * 0x101) % 0x10000, name, qtype));
}

/** The query that these bytes answer: id and question must be the same (RFC 5452 section 9.1). */
function questionOf(bytes: Buffer, queries: readonly Message[]): { query: Message; answer: Message } | undefined {
  const decoded = decode(bytes);
  if (!decoded.ok || !decoded.message.response) return undefined;
  const answer = decoded.message;
  const query = queries.find((candidate) => answers(answer, candidate));
  return query && { query, answer };
}

function answers(answer: Message, query: Message): boolean {
  const [asked] = query.questions;
  const [echoed] = answer.questions;
  if (answer.id !== query.id || !asked) return false;
  if (!echoed) return answer.rcode !== 'NOERROR';
  return canonicalName(echoed.name) === canonicalName(asked.name) && echoed.qtype === asked.qtype;
}

async function askOverTcp(query: Message, tools: LookupTools, deadline: number): Promise<Message | undefined> {
  const { net, clock, host, server, stub } = tools;
  const target = splitHostPort(server);
  const timeout = Math.min(stub.tcpTimeout, deadline - clock.now());
  if (target?.port === undefined || timeout <= 0) return undefined;
  const dialled = await net.dial(host, { ip: target.host, port: target.port }, { timeout, syn: stub.syn });
  if (!dialled.ok) return undefined;
  const connection = dialled.value;
  let answer: Message | undefined;
  await patiently(clock, timeout, (done) => {
    eachMessage(connection, (bytes) => {
      answer ??= questionOf(bytes, [query])?.answer;
      if (answer) done();
    });
    connection.once('end', done).once('close', done);
    connection.write(framed(encode(query)));
  });
  await hangUp(connection, clock);
  return answer;
}

const hangUpTimeout = 1000;

/** Closes and waits for the other end to do so too, so that what happens next comes after it in every run. */
async function hangUp(connection: Connection, clock: Clock): Promise<void> {
  if (!connection.destroyed) connection.end();
  if (!connection.readableEnded && !connection.destroyed) {
    await patiently(clock, hangUpTimeout, (done) => connection.once('end', done).once('close', done));
  }
  connection.destroy();
}

/** Waits until `done` is called, or for so many milliseconds of lab time. */
function patiently(clock: Clock, ms: number, start: (done: () => void) => unknown): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve);
    start(() => {
      cancel();
      resolve();
    });
  });
}
