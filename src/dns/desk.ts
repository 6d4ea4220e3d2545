/** Where questions arrive, whatever carried them: writes them down, asks the rules, and answers. */
import type { Clock } from '../clock.ts';
import { entryFor } from '../registry.ts';
import { Rulebook } from '../rules.ts';
import type { Rule } from '../rules.ts';
import type { Pen } from '../trace/trace.ts';
import type { DnsBehaviour, DnsContext, DnsReply } from './behaviour.ts';
import { behaviours } from './behaviours/index.ts';
import { decode, ednsPayload, encode, formatError, replyTo } from './message.ts';
import type { Message } from './message.ts';
import { canonicalName } from './name.ts';
import { sayRecord } from './record.ts';
import type { Question } from './record.ts';
import type { RecordSet } from './records.ts';
import type { DnsRecords, DnsRules, DnsSpec } from './spec.ts';
import { withAddresses } from './translate.ts';
import type { AddressOutside } from './translate.ts';
import { createZone } from './zone.ts';
import type { Zone } from './zone.ts';

export interface DeskTools {
  clock: Clock;
  pen: Pen;
  /** What the scenario calls the client at an address; `when.client` then matches that name. */
  nameOfClient?: ((ip: string) => string | undefined) | undefined;
}

/** Who asks, and the way back. */
export interface Asker {
  transport: 'udp' | 'tcp';
  /** Story address, without the port. */
  client: string;
  /** A program outside the lab over TCP: it is told addresses that it can reach. Datagrams are translated on their way. */
  outside?: boolean;
  send: (bytes: Uint8Array) => void;
  /** Called once for each message heard, when nothing more will come back for it. */
  done: () => void;
}

type Behaviour = DnsSpec['rules'][number]['then'];
type Asked = { query: Message; question: Question; asker: Asker };

/** UDP answers without EDNS (RFC 1035 section 4.2.1). */
const plainUdpSize = 512;

export class Desk {
  zone: Zone;
  #records: DnsRecords;
  readonly #suffix: string | undefined;
  readonly #server: string;
  readonly #tools: DeskTools;
  readonly #rulebook: Rulebook<Behaviour>;
  readonly #waiting = new Set<() => void>();
  #addressOutside: AddressOutside = (ip) => ip;

  /** `server` is the server's own address in the story. */
  constructor(spec: DnsSpec, server: string, tools: DeskTools) {
    this.zone = createZone(spec.records, spec.suffix);
    this.#records = spec.records;
    this.#suffix = spec.suffix;
    this.#server = server;
    this.#tools = tools;
    this.#rulebook = new Rulebook(rulesOf(spec), () => tools.clock.now());
  }

  /** Rules instead of all those before. */
  change(rules: DnsRules): void {
    this.#rulebook.change(rules);
  }

  /** What programs outside the lab are told from now on; the trace keeps what the story says. */
  showOutside(address: AddressOutside): void {
    this.#addressOutside = address;
  }

  /** An answer as programs outside the lab get it. */
  translate(bytes: Buffer): Buffer {
    return withAddresses(bytes, this.#addressOutside, (name) => this.zone.lookup(name, 'A').answers);
  }

  setRecords(changes: Readonly<Record<string, RecordSet | null>>): void {
    const changed = new Set(Object.keys(changes).map(canonicalName));
    const kept = Object.entries(this.#records).filter(([name]) => !changed.has(canonicalName(name)));
    const added = Object.entries(changes).flatMap(([name, set]) => (set ? [[name, set] as const] : []));
    this.#records = Object.fromEntries([...kept, ...added]);
    this.zone = createZone(this.#records, this.#suffix);
  }

  hear(bytes: Buffer, asker: Asker): void {
    const decoded = decode(bytes);
    if (decoded.ok) this.#read(decoded.message, asker);
    else {
      // Never answer an answer: two servers would talk for ever.
      if (decoded.id !== null && !decoded.response) asker.send(formatError(decoded.id));
      asker.done();
    }
  }

  /** Calls off what is still to be sent. */
  close(): void {
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
  }

  #read(query: Message, asker: Asker): void {
    const [question, ...more] = query.questions;
    if (query.response) asker.done();
    else if (query.opcode === 0 && question && more.length === 0) this.#answer({ query, question, asker });
    else {
      const rcode = query.opcode === 0 ? 'FORMERR' : 'NOTIMP';
      asker.send(encode(replyTo(query, { rcode, authoritative: false })));
      asker.done();
    }
  }

  #answer(asked: Asked): void {
    const { query, question, asker } = asked;
    const { client, transport } = asker;
    this.#tools.pen.write('dns.query', { server: this.#server, client, ...question, transport, id: query.id });
    const reply: DnsContext['reply'] = (answer) => replyTo(query, answer);
    const healthy = (): Message => reply(this.zone.lookup(question.name, question.qtype));
    const context = { query, question, transport, zone: this.zone, reply, healthy };
    const said = this.#misbehaves(context, client) ?? { message: healthy() };
    const after = said !== 'silence' && 'message' in said ? (said.after ?? 0) : 0;
    const finish = (): void => {
      if (said !== 'silence') this.#send(said, asked);
      asker.done();
    };
    if (after === 0) finish();
    else this.#later(after, finish);
  }

  #misbehaves(context: DnsContext, client: string): DnsReply | undefined {
    const { question, transport } = context;
    const options = this.#rulebook.pick({
      name: canonicalName(question.name),
      qtype: question.qtype,
      client: this.#tools.nameOfClient?.(client) ?? client,
      transport,
    });
    if (!options) return undefined;
    // The schema of the rules has matched these options with this entry.
    const entry = entryFor<DnsBehaviour>(behaviours, options);
    this.#tools.pen.write('lab.behaviour', { part: 'dns', kind: options.kind, says: entry.explain(options) });
    return entry.answer(context, options);
  }

  #send(said: Exclude<DnsReply, 'silence'>, { query, question, asker }: Asked): void {
    const { client, transport } = asker;
    const common = { server: this.#server, client, ...question, transport };
    if ('bytes' in said) {
      this.#tools.pen.write('dns.answer', { ...common, rcode: 'MALFORMED', answers: [], id: query.id });
      asker.send(said.bytes);
      return;
    }
    const { message, bytes } = transport === 'udp' ? fitted(said.message, query) : whole(said.message);
    const answers = message.answers.map(sayRecord);
    const cut = message.truncated ? { truncated: true as const } : {};
    this.#tools.pen.write('dns.answer', { ...common, rcode: message.rcode, answers, id: message.id, ...cut });
    asker.send(asker.outside ? this.translate(bytes) : bytes);
  }

  #later(ms: number, task: () => void): void {
    const cancel = this.#tools.clock.after(ms, () => {
      this.#waiting.delete(cancel);
      task();
    });
    this.#waiting.add(cancel);
  }
}

/** The scenario's rules, and `behaviour` for what none of them matches. */
const rulesOf = ({ behaviour, rules }: DnsSpec): Rule<Behaviour>[] => [
  ...(rules as Rule<Behaviour>[]),
  ...(behaviour ? [{ then: behaviour }] : []),
];

const whole = (message: Message): { message: Message; bytes: Buffer } => ({ message, bytes: encode(message) });

/** A UDP answer that is too large for the client goes without its records, and with TC. */
function fitted(message: Message, query: Message): { message: Message; bytes: Buffer } {
  const limit = query.edns ? Math.min(Math.max(query.edns.udpSize, plainUdpSize), ednsPayload) : plainUdpSize;
  const sent = whole(message);
  return sent.bytes.length <= limit ? sent : whole({ ...message, truncated: true, answers: [], authority: [] });
}
