/**
 * DHCP as it would have been on the wire (RFC 2131, RFC 2132): the search for option 252 is a DHCPINFORM, each answer a
 * DHCPACK. The lab reads the option as a value; what is here says no more than the events do.
 */
import type { TraceEvent } from '../trace/events.ts';
import { flowOf } from './address.ts';
import type { Flow } from './address.ts';

const types = { ack: 5, inform: 8 } as const;
const codes = { messageType: 53, server: 54, parameters: 55, proxyScript: 252, end: 255 } as const;
const cookie = Buffer.of(0x63, 0x82, 0x53, 0x63);
/** RFC 951: everything before the options. */
const fixedLength = 236;
/** What an option can hold; longer values are cut. */
const longest = 255;

export interface Datagram {
  flow: Flow;
  payload: Buffer;
}

/** Follows who is at which address, and what was asked. */
export class DhcpTalk {
  readonly #addresses = new Map<string, string>();
  readonly #asked = new Map<string, number>();

  packets(event: TraceEvent): Datagram[] {
    if (event.type === 'client.started' || event.type === 'client.network')
      this.#addresses.set(event.data.client, event.data.address);
    if (event.type === 'discovery.started' && event.data.source === 'dhcp') return this.#inform(event);
    return event.type === 'dhcp.answer' ? this.#ack(event) : [];
  }

  #inform({ seq, data: { client } }: TraceEvent<'discovery.started'>): Datagram[] {
    const address = this.#ipv4Of(client);
    if (address === undefined) return [];
    this.#asked.set(client, seq);
    const options = [
      option(codes.messageType, Buffer.of(types.inform)),
      option(codes.parameters, Buffer.of(codes.proxyScript)),
    ];
    const payload = message({ op: 1, id: seq, address, adapter: '' }, options);
    return [{ flow: flowOf(`${address}:68`, '255.255.255.255:67'), payload }];
  }

  #ack({ data: { client, adapter, server, option252 } }: TraceEvent<'dhcp.answer'>): Datagram[] {
    const address = this.#ipv4Of(client);
    const id = this.#asked.get(client);
    if (address === undefined || id === undefined || server.includes(':')) return [];
    const options = [
      option(codes.messageType, Buffer.of(types.ack)),
      option(codes.server, bytesOf(server)),
      ...(option252 === null ? [] : [option(codes.proxyScript, Buffer.from(option252))]),
    ];
    const payload = message({ op: 2, id, address, adapter }, options);
    return [{ flow: flowOf(`${server}:67`, `${address}:68`), payload }];
  }

  #ipv4Of(client: string): string | undefined {
    const address = this.#addresses.get(client);
    return address?.includes(':') === false ? address : undefined;
  }
}

const bytesOf = (ip: string): Buffer => Buffer.from(ip.split('.').map(Number));

function option(code: number, value: Buffer): Buffer {
  const kept = value.subarray(0, longest);
  return Buffer.concat([Buffer.of(code, kept.length), kept]);
}

function message(
  { op, id, address, adapter }: { op: 1 | 2; id: number; address: string; adapter: string },
  options: readonly Buffer[],
): Buffer {
  const head = Buffer.alloc(fixedLength);
  head.set([op, 1, 6]);
  head.writeUInt32BE(id, 4);
  head.set(bytesOf(address), 12);
  head.set([2, 0, ...bytesOf(address)], 28);
  // Every adapter has a hardware address of its own.
  if (adapter !== '' && adapter !== 'Ethernet')
    head[29] = 1 + (Buffer.from(adapter).reduce((sum, byte) => sum + byte, 0) % 250);
  return Buffer.concat([head, cookie, ...options, Buffer.of(codes.end)]);
}
