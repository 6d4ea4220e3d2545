/** Packets → what a capture shows: connections with what was said on them, and lookups of names. */
import { Allowance } from './allowance.ts';
import type { Connection } from './connection.ts';
import type { DisplayFilter } from './filters/display.ts';
import { Flow } from './flow.ts';
import { datagramIn, placeOf, sumOf } from './ip.ts';
import type { Datagram } from './ip.ts';
import { KeyLog } from './layers/keys.ts';
import { Moments } from './layers/moments.ts';
import { Leases } from './leases.ts';
import { ipIn } from './link.ts';
import { Likeness } from './likeness.ts';
import { Lookups } from './lookups.ts';
import { Notes } from './notes.ts';
import type { About, Packet, Sink } from './packet.ts';
import { segmentIn } from './segment.ts';
import type { Segment } from './segment.ts';
import { Sighting } from './sighting.ts';
import { Slots } from './slot.ts';

const protocols = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;
const dnsPort = 53;
/** Of DHCP servers and clients. */
const dhcpPorts = new Set([67, 68]);
/** Flows that are looked at in one moment; beyond them the longest untouched is forgotten. */
const mostFlows = 8000;

export class Capture implements Sink {
  readonly #connections = new Set<Connection>();
  readonly #likeness = new Likeness();
  #count = 0;
  readonly leases = new Leases();
  readonly notes = new Notes();
  readonly lookups = new Lookups(this.notes);
  readonly slots = new Slots();
  readonly keys = new KeyLog();
  readonly moments = new Moments();
  readonly allowance = new Allowance();
  /** One for each file of packets. */
  readonly sightings: Sighting[] = [];
  readonly #filter: DisplayFilter | null;
  readonly #flows = new Map<string, Flow>();
  readonly #gone = new Set<string>();
  /** The last packet of each file. */
  ended = 0;
  began: number | null = null;

  /** `filter` is what somebody typed to look at it. */
  constructor(filter: DisplayFilter | null = null) {
    this.#filter = filter;
  }

  /** In the order in which they began. */
  get connections(): Connection[] {
    return [...this.#connections];
  }

  /** A connection is over: one that is like many before it is not kept, or a program that tries in a circle fills memory. */
  settled(connection: Connection): void {
    if (this.#likeness.keeps(connection)) return;
    this.#connections.delete(connection);
    this.notes.add('a connection like many before it, or one too many, which is left out', connection.begun.frame);
  }

  /** Everything from here on is of this file. */
  open(file: string): void {
    this.slots.file = file;
    this.notes.file = file;
    this.#flows.clear();
    this.#gone.clear();
  }

  about(about: Partial<About>): void {
    this.#sighting().about(about);
  }

  #sighting(): Sighting {
    const last = this.sightings.at(-1);
    if (last?.file === this.slots.file) return last;
    const made = new Sighting(this.slots.file, this.#filter);
    this.sightings.push(made);
    return made;
  }

  secrets(text: string): void {
    this.keys.add(text);
  }

  note(says: string, frame?: number): void {
    this.notes.add(says, frame);
  }

  packet({ frame, at, link, bytes, length }: Packet): void {
    this.slots.at = at;
    this.slots.frame = frame;
    this.began = Math.min(this.began ?? at, at);
    this.ended = Math.max(this.ended, at);
    this.moments.clear();
    const sighting = this.#sighting();
    sighting.packets += 1;
    const ip = ipIn(link, bytes);
    if (ip === undefined) this.note(`frames of link type ${link}, which is not read`, frame);
    if (!ip) return;
    const datagram = datagramIn(ip, length - bytes.length);
    if (!datagram) {
      this.note('an IP header that cannot be read', frame);
      return;
    }
    if (!datagram.sound) this.note('an IP header with a wrong checksum', frame);
    if (datagram.fragment) {
      this.note('a fragment of an IP packet, which is not put together', frame);
      return;
    }
    const segment = this.#carry(datagram, frame);
    sighting.look(datagram, segment, this.moments);
    sighting.last = this.slots.next();
  }

  /** The end of a file: what was waiting is given out. */
  close(): void {
    for (const flow of this.#flows.values()) flow.close();
    this.#flows.clear();
  }

  #carry(datagram: Datagram, frame: number): Segment | null {
    const { protocol } = datagram;
    if (protocol === protocols.tcp) return this.#tcp(datagram, frame);
    if (protocol === protocols.udp) this.#udp(datagram, frame);
    else if (protocol === protocols.icmp || protocol === protocols.icmpv6) this.#icmp(datagram);
    return null;
  }

  #udp({ from, to, payload, missing }: Datagram, frame: number): void {
    if (payload.length < 8) return;
    const [source, target] = [payload.readUInt16BE(0), payload.readUInt16BE(2)];
    const message = payload.subarray(8, Math.max(8, Math.min(payload.length, payload.readUInt16BE(4))));
    if (dhcpPorts.has(source) && dhcpPorts.has(target)) this.leases.heard(message, from, this.slots.next());
    if (source !== dnsPort && target !== dnsPort) return;
    const heard = this.lookups.heard({
      from: placeOf(from, source),
      to: placeOf(to, target),
      transport: 'udp',
      message,
      slot: this.slots.next(),
    });
    if (!heard && missing === 0) this.note('a datagram of port 53 that is no DNS message', frame);
  }

  #tcp(datagram: Datagram, frame: number): Segment | null {
    const segment = segmentIn(datagram);
    if (!segment) {
      this.note('a TCP header that cannot be read', frame);
      return null;
    }
    if (datagram.missing === 0 && !this.#sumHolds(datagram))
      this.note('a wrong TCP checksum: usual where the network card of the machine makes them', frame);
    if (segment.missing > 0) this.note('a packet of which the sniffer kept only a part', frame);
    const key = keyOf(segment);
    const flow = this.#flowOf(key, segment);
    flow?.take(segment);
    if (flow?.isDone) this.#bury(key);
    return segment;
  }

  /** Late packets of a connection that is over belong to no new one. */
  #bury(key: string): void {
    this.#flows.get(key)?.close();
    this.#flows.delete(key);
    this.#gone.add(key);
    const [oldest] = this.#gone;
    if (this.#gone.size > mostFlows && oldest !== undefined) this.#gone.delete(oldest);
  }

  #sumHolds({ from, to, payload, protocol }: Datagram): boolean {
    if (from.includes(':') || to.includes(':')) return true;
    const pseudo = from.split('.').concat(to.split('.')).map(Number);
    return (
      sumOf(payload, 0, payload.length, sumOf(Buffer.of(...pseudo, 0, protocol), 0, 10) + payload.length) === 0xffff
    );
  }

  #flowOf(key: string, segment: Segment): Flow | undefined {
    if (this.#gone.has(key)) {
      if (!segment.syn) return undefined;
      this.#gone.delete(key);
    }
    const known = this.#flows.get(key);
    if (known && !known.isOver(segment)) return known;
    known?.close();
    const made = Flow.begin(segment, this.#count + 1, this);
    if (!made) return undefined;
    this.#flows.delete(key);
    this.#flows.set(key, made);
    this.#count += 1;
    this.#connections.add(made.connection);
    if (this.#flows.size > mostFlows) this.#forget();
    return made;
  }

  #forget(): void {
    const [oldest] = this.#flows;
    if (!oldest) return;
    oldest[1].close();
    this.#flows.delete(oldest[0]);
  }

  /** A router's word on a SYN: the header of what it is about comes with it (RFC 792, RFC 4443). */
  #icmp({ payload, protocol }: Datagram): void {
    const prohibits = protocol === protocols.icmp ? isProhibited4(payload) : isProhibited6(payload);
    if (payload.length < 8 || !(protocol === protocols.icmp ? payload[0] === 3 : payload[0] === 1)) return;
    const about = datagramIn(payload.subarray(8), 65_536);
    if (!about || about.protocol !== protocols.tcp || about.payload.length < 8) return;
    const from = placeOf(about.from, about.payload.readUInt16BE(0));
    const to = placeOf(about.to, about.payload.readUInt16BE(2));
    const flow = this.#flows.get(keyOf({ from, to }));
    if (!flow) return;
    if (prohibits) flow.prohibited();
    else this.note('an ICMP message that a destination cannot be reached', this.slots.frame);
  }
}

const isProhibited4 = (payload: Buffer): boolean => payload[0] === 3 && [9, 10, 13].includes(payload[1] ?? 0);
const isProhibited6 = (payload: Buffer): boolean => payload[0] === 1 && payload[1] === 1;

/** One for both directions. */
const keyOf = ({ from, to }: { from: string; to: string }): string => (from < to ? `${from} ${to}` : `${to} ${from}`);
