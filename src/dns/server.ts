/** A DNS server of the pretend world, on UDP and TCP port 53. Healthy until a rule says otherwise. */
import type { Connection } from '../net/connection.ts';
import type { Host, Net } from '../net/net.ts';
import { Scope } from '../scope.ts';
import { Desk } from './desk.ts';
import type { DeskTools } from './desk.ts';
import { eachMessage, framed } from './framing.ts';
import type { RecordSet } from './records.ts';
import type { DnsRules, DnsSpec } from './spec.ts';
import type { AddressOutside } from './translate.ts';

export interface DnsServerTools extends DeskTools {
  net: Net;
  /** Who serves; `dns` at the address of the spec unless given. */
  host?: Host;
}

interface Place {
  host: string;
  port: number;
}

export interface DnsServer extends AsyncDisposable {
  /** The story's address: `10.20.0.2:53`. */
  readonly address: string;
  /** Where a program outside the lab can ask. */
  readonly real: { udp: Place; tcp: Place };
  /** Rules instead of all those before, `behaviour` included; counted from the start. */
  change(rules: DnsRules): void;
  /** New records for these names, or none (null); other names, and caches of clients, keep what they have. */
  setRecords(records: Readonly<Record<string, RecordSet | null>>): void;
  /** Every name that leads to an address, aliases included. */
  names(ip: string): string[];
  /** IPv4 first, aliases followed. */
  addressesOf(name: string): string[];
  /** What programs outside the lab are told from now on. */
  showOutside(address: AddressOutside): void;
  /** A datagram on its way to a program outside the lab. */
  translate(bytes: Uint8Array): Uint8Array;
}

const dnsPort = 53;

/** Starts a server; returns when it listens. Throws LabError when the address is taken. */
export async function startDns(spec: DnsSpec, tools: DnsServerTools): Promise<DnsServer> {
  const host = tools.host ?? { name: 'dns', owner: 'dns', ip: spec.address };
  const desk = new Desk(spec, host.ip, { ...tools, pen: tools.pen.as(host.owner) });
  await using scope = new Scope();
  scope.defer(() => desk.close());
  const udp = await tools.net.datagrams(host, dnsPort, (bytes, from) =>
    desk.hear(bytes, {
      transport: 'udp',
      client: addressIn(from),
      send: (reply) => udp.send(reply, from),
      done: () => undefined,
    }),
  );
  scope.use(udp);
  const connections = new Set<Connection>();
  const tcp = await tools.net.listen(host, dnsPort, (connection) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
    serve(connection, desk);
  });
  scope.use(tcp);
  scope.defer(() => {
    for (const connection of connections) connection.destroy();
  });
  const owned = scope.move();
  return {
    address: udp.local,
    real: { udp: udp.real, tcp: tcp.real },
    change: (rules) => desk.change(rules),
    setRecords: (records) => desk.setRecords(records),
    names: (ip) => desk.zone.names(ip),
    addressesOf: (name) => desk.zone.addressesOf(name),
    showOutside: (address) => desk.showOutside(address),
    translate: (bytes) => desk.translate(Buffer.from(bytes)),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

const addressIn = (endpoint: string): string => endpoint.slice(0, endpoint.lastIndexOf(':')).replace(/^\[|\]$/g, '');

/** Several questions on one connection; it closes when the client has closed its side and nothing is owed. */
function serve(connection: Connection, desk: Desk): void {
  let owed = 0;
  let ended = false;
  const settle = (): void => {
    if (ended && owed === 0) connection.end();
  };
  eachMessage(connection, (message) => {
    owed += 1;
    desk.hear(message, {
      transport: 'tcp',
      client: connection.remoteAddress,
      outside: connection.fromOutside,
      send: (bytes) => {
        if (connection.writable) connection.write(framed(bytes));
      },
      done: () => {
        owed -= 1;
        settle();
      },
    });
  });
  connection.on('end', () => {
    ended = true;
    settle();
  });
}
