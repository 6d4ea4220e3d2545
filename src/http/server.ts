/** The hosts of the lab: HTTP and HTTPS servers and plain TCP services, many names on one address and port. */
import type { Activity } from '../activity.ts';
import type { Clock } from '../clock.ts';
import type { Pki } from '../net/certificates.ts';
import type { Connection } from '../net/connection.ts';
import type { Listener, Net } from '../net/net.ts';
import { askLate, renegotiable } from '../net/tls-renegotiation.ts';
import { acceptTls } from '../net/tls.ts';
import type { AcceptTlsOptions } from '../net/tls.ts';
import { Scope } from '../scope.ts';
import type { Pen } from '../trace/trace.ts';
import type { Files } from './content.ts';
import { Front } from './front.ts';
import { placesOf, siteNamed } from './places.ts';
import type { Place } from './places.ts';
import { Site } from './site.ts';
import type { ResourcePlace } from './site.ts';
import type { HostRules, HostsSpec, HttpsSpec, Resource } from './spec.ts';

export interface HostTools {
  net: Net;
  clock: Clock;
  activity: Activity;
  pki: Pki;
  /** Gives each host its own pen. */
  trace: { pen(by: string): Pen };
  /** Contents of the files that the hosts name. */
  files: Files;
  /** The address of a host that has none of its own. */
  addressOf: (name: string) => string | undefined;
  /** What the scenario calls the client at an address. */
  nameOfClient?: (ip: string) => string | undefined;
}

export interface HostServer extends AsyncDisposable {
  /** Every port that listens, and the names behind it. */
  readonly listening: readonly { names: readonly string[]; speaks: Place['speaks']['kind']; listener: Listener }[];
  /** What becomes of a proxy script on its way to a program outside the lab, from now on. */
  showOutside(rewrite: (body: Buffer) => Buffer): void;
  /** New rules for one host, counted from the start. */
  change(name: string, rules: HostRules): void;
  /** Another content at a path of one host; null takes it away. */
  place(name: string, at: ResourcePlace, resource: Resource | null): void;
}

/** Starts all hosts; returns when they listen. Throws InputError for hosts that cannot stand where they should. */
export async function startHosts(specs: HostsSpec, tools: HostTools): Promise<HostServer> {
  const scriptOutside = { rewrite: (body: Buffer) => body };
  const siteTools = { ...tools, scriptOutside };
  const sites = new Map(
    Object.entries(specs).map(([name, spec]) => [
      name,
      new Site(name, spec, tools.trace.pen(`host:${name}`), siteTools),
    ]),
  );
  for (const site of sites.values()) await site.prepare();
  const located = [...sites].map(([name, site]) => {
    // Every site was made from its spec.
    const spec = specs[name] as HostsSpec[string];
    return { site, spec, ip: spec.address ?? tools.addressOf(name) };
  });
  const places = placesOf(located);
  await using scope = new Scope();
  const front = scope.use(new Front(tools));
  const listening: HostServer['listening'][number][] = [];
  for (const place of places) {
    const [first] = place.sites;
    // The first certificate of an authority is made before the lab's clock runs.
    if (place.speaks.kind === 'https') await first.leaf();
    const host = { name: first.name, owner: `host:${first.name}`, ip: place.at.ip };
    const listener = await tools.net.listen(host, place.at.port, (connection) => {
      void accept(connection, place, front, tools);
    });
    const names = place.sites.map(({ name }) => name);
    listening.push({ names, speaks: place.speaks.kind, listener: scope.use(listener) });
  }
  const owned = scope.move();
  const known = (name: string): Site => {
    const site = sites.get(name);
    if (!site) throw new Error(`no host called '${name}'`);
    return site;
  };
  return {
    listening,
    showOutside(rewrite) {
      scriptOutside.rewrite = rewrite;
    },
    change: (name, rules) => known(name).change(rules),
    place: (name, at, resource) => known(name).place(at, resource),
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

async function accept(connection: Connection, place: Place, front: Front, tools: HostTools): Promise<void> {
  const { speaks, sites } = place;
  front.own(connection);
  if (speaks.kind === 'http') {
    front.serve({ place, connection, stream: connection, secure: false, serverName: null, clientCertificate: null });
  } else if (speaks.kind === 'https') {
    const tls = await acceptTls(connection, await tlsOptions(place, speaks.https), { ...tools, pen: penFor(place) });
    // What went wrong is in the trace already.
    if (!tls.ok) return;
    const { stream, serverName, peer, peerFailure } = tls.value;
    const clientCertificate = peer && !peerFailure ? peer.subject : null;
    const session = { place, connection, stream, secure: true, serverName, clientCertificate };
    const { clientCertificate: wanted, clientAuthorities } = speaks.https;
    const ask = async (): Promise<string | null> => {
      const late = await askLate(tls.value, clientAuthorities, { ...tools, pen: penFor(place) });
      return late?.subject ?? null;
    };
    front.serve(wanted === 'late' ? { ...session, ask } : session);
  } else {
    const { protocol, then } = speaks.tcp;
    sites[0].pen.write('origin.connected', { conn: connection.id, host: sites[0].name, protocol });
    connection.once('end', () => connection.end());
    connection.resume();
    if (then === 'accept') return;
    // The client's side of the TCP handshake comes first, or the client would take this for a refusal.
    await tools.net.settled();
    if (then === 'reset') connection.reset();
    else connection.end();
  }
}

const modes = { none: 'none', requested: 'accept', required: 'required', late: 'none' } as const;

async function tlsOptions(place: Place, https: HttpsSpec): Promise<AcceptTlsOptions> {
  const { clientCertificate, clientAuthorities, minVersion, maxVersion, ciphers, signatures, alpn } = https;
  return {
    leaf: await place.sites[0].leaf(),
    leafFor: (name) => siteNamed(place, name).leaf(),
    clientCertificate: modes[clientCertificate],
    // Authorities are named to clients that are asked, to no others.
    clientAuthorities: clientCertificate === 'none' ? [] : clientAuthorities,
    ...(minVersion && { minVersion }),
    ...(maxVersion && { maxVersion }),
    ...(clientCertificate === 'late' && { maxVersion: 'TLSv1.2' as const, renegotiable }),
    ...(ciphers && { ciphers }),
    ...(signatures && { signatures }),
    ...(alpn && { alpn }),
  };
}

/** Handshakes are written down by the host that the client named. */
function penFor(place: Place): Pen {
  const [first] = place.sites;
  return {
    write(type, data) {
      const name = 'serverName' in data ? data.serverName : null;
      siteNamed(place, name).pen.write(type, data);
    },
    as: (by) => first.pen.as(by),
  };
}
