/**
 * The one list of event types. Everything that any part observes is one of these; expectations, diagnosis, reports,
 * captures and pages are views on them.
 *
 * Conventions: addresses are the story's own (`10.20.0.8:8080`); `conn` joins what both ends of a TCP connection and
 * the protocols above it saw; `request` joins what one client did for one URL. `lab.*` events tell what the lab was
 * told to do; no diagnosis ever sees them.
 */
import type { CaptureEvents } from './capture-events.ts';
import type { ClientEvents } from './client-events.ts';
import type { CertificateView, ClientError, HeaderList, SettingOrigin } from './values.ts';

export type { CertificateView, ClientError, HeaderList, SettingOrigin };

export interface EventMap extends ClientEvents, CaptureEvents {
  // The lab's own acts. Never shown to a diagnosis.
  'lab.started': { scenario: string; clock: 'virtual' | 'real'; date: string };
  'lab.behaviour': { part: string; kind: string; says: string };
  'lab.changed': { path: string; value: unknown };
  'step.started': { step: number; kind: string; says: string };
  'step.finished': { step: number };

  // Names. Written by the DNS server (query, answer) and by the asking client (resolved).
  'dns.query': { server: string; client: string; name: string; qtype: string; transport: 'udp' | 'tcp'; id: number };
  'dns.answer': {
    server: string;
    client: string;
    name: string;
    qtype: string;
    rcode: string;
    /** The data alone, in order: addresses, and the targets of aliases before them. */
    answers: string[];
    transport: 'udp' | 'tcp';
    id: number;
    /** The TC bit: there is more to be had over TCP. */
    truncated?: true;
  };
  'dns.resolved': { client: string; name: string; asked: string[]; addresses: string[]; failure: string | null };

  // Transport. `by` of the envelope is the side that acted.
  'tcp.syn': { from: string; to: string; retransmission: number; simulated?: true };
  'tcp.opened': { conn: number; from: string; to: string };
  'tcp.refused': { from: string; to: string; how: 'rst' | 'icmp-prohibited'; simulated?: true };
  'tcp.timeout': { from: string; to: string; afterMs: number };
  'tcp.data': { conn: number; dir: 'up' | 'down'; length: number; bytes: string };
  'tcp.fin': { conn: number; dir: 'up' | 'down' };
  'tcp.rst': { conn: number; dir: 'up' | 'down' };
  'udp.data': { from: string; to: string; length: number; bytes: string };

  // TLS, as one end saw it. `role` is the role of the end that writes.
  'tls.established': {
    conn: number;
    role: 'client' | 'server';
    serverName: string | null;
    version: string;
    cipher: string;
    alpn: string | null;
    peer: CertificateView | null;
    own: CertificateView | null;
  };
  'tls.failed': {
    conn: number;
    role: 'client' | 'server';
    serverName: string | null;
    code: string;
    detail: string;
    alert: string | null;
    peer: CertificateView | null;
    /** What this end had shown, where a capture tells. */
    own?: CertificateView | null;
  };
  'tls.keys': { conn: number; line: string };

  // HTTP at a host. `http.*` is the host that serves the proxy script, `origin.*` is any other host.
  'http.request': { conn: number; host: string; method: string; target: string; headers: HeaderList };
  'http.response': { conn: number; host: string; target: string; status: number; headers: HeaderList; length: number };
  'origin.request': {
    conn: number;
    host: string;
    method: string;
    target: string;
    headers: HeaderList;
    clientCertificate: string | null;
  };
  'origin.response': {
    conn: number;
    host: string;
    target: string;
    status: number;
    headers: HeaderList;
    length: number;
  };
  'origin.connected': { conn: number; host: string; protocol: string };

  // The forward proxy, as its log would have it.
  'proxy.request': {
    proxy: string;
    conn: number;
    client: string;
    method: string;
    target: string;
    host: string;
    port: number;
    headers: HeaderList;
  };
  'proxy.response': {
    proxy: string;
    conn: number;
    method: string;
    target: string;
    host: string;
    port: number;
    status: number;
    reason: string;
    headers: HeaderList;
    /** Of HTTP, when it is not 1.1. */
    version?: '1.0';
    /** Of a 2xx to CONNECT: bytes behind its head in one piece with it; absent for none. */
    early?: number;
  };
  'proxy.challenged': {
    proxy: string;
    conn: number;
    target: string;
    host: string;
    schemes: string[];
    realm: string | null;
  };
  /** Right credentials; `standing` when the connection had been authenticated before, and the request carries none. */
  'proxy.authenticated': {
    proxy: string;
    conn: number;
    target: string;
    host: string;
    scheme: string;
    user: string;
    standing: boolean;
  };
  /** `upstream` is the proxy's own connection to the destination; null where a capture has no sight of it. */
  'proxy.tunnel': { proxy: string; conn: number; upstream: number | null; target: string; host: string; port: number };
  'proxy.upstream-failed': {
    proxy: string;
    conn: number;
    target: string;
    host: string;
    port: number;
    failure: string;
    detail: string;
  };
}

export type EventType = keyof EventMap;

export type TraceEvent<T extends EventType = EventType> = {
  [K in T]: {
    /** 1, 2, 3 … in the order of observation. */
    seq: number;
    /** Milliseconds of lab time since the lab started. */
    at: number;
    /**
     * The part that writes: `dns`, `host:wpad.corp.example`, `proxy:edge`, `client:service`. In a capture or a log nobody
     * writes: it is the machine that acted, by its address.
     */
    by: string;
    /** Where it was read, when not in our own trace: the file, and the number of the packet in it or the line. */
    file?: string;
    frame?: number;
    line?: number;
    type: K;
    data: EventMap[K];
  };
}[T];
