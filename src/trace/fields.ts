/**
 * Which fields every event type has, at run time: expectations check names against this, and the schema lists them.
 * The type makes the compiler ask for every field of {@link EventMap}, and for no other.
 */
import type { EventMap, HeaderList } from './events.ts';

/** `value` is compared as it is, `headers` by header name; an object has fields of its own. */
export type Fields = { readonly [field: string]: 'value' | 'headers' | Fields };

type Field<T> = unknown extends T
  ? 'value'
  : NonNullable<T> extends HeaderList
    ? 'headers' | 'value'
    : NonNullable<T> extends readonly unknown[]
      ? 'value'
      : NonNullable<T> extends object
        ? { readonly [K in keyof NonNullable<T>]-?: Field<NonNullable<T>[K]> }
        : 'value';

const value = 'value';
const headers = 'headers';
const tcp = { from: value, to: value } as const;
const flow = { conn: value, dir: value } as const;
const dns = { server: value, client: value, name: value, qtype: value, transport: value, id: value } as const;
const certificate = {
  subject: value,
  issuer: value,
  names: value,
  notBefore: value,
  notAfter: value,
  key: value,
  chain: value,
  along: value,
} as const;
const hostRequest = { conn: value, host: value, method: value, target: value, headers } as const;
const hostResponse = { conn: value, host: value, target: value, status: value, headers, length: value } as const;
const destination = { proxy: value, conn: value, target: value, host: value, port: value } as const;
const own = { client: value, request: value } as const;

export const eventFields: { readonly [T in keyof EventMap]: Field<EventMap[T]> } = {
  'lab.started': { scenario: value, clock: value, date: value },
  'lab.behaviour': { part: value, kind: value, says: value },
  'lab.changed': { path: value, value },
  'step.started': { step: value, kind: value, says: value },
  'step.finished': { step: value },
  'dns.query': dns,
  'dns.answer': { ...dns, rcode: value, answers: value, truncated: value },
  'dns.resolved': { client: value, name: value, asked: value, addresses: value, failure: value },
  'dhcp.answer': {
    client: value,
    adapter: value,
    server: value,
    option252: value,
    dns: value,
    suffix: value,
    simulated: value,
  },
  'dhcp.timeout': { client: value, afterMs: value, simulated: value },
  'tcp.syn': { ...tcp, retransmission: value, simulated: value },
  'tcp.opened': { ...tcp, conn: value },
  'tcp.refused': { ...tcp, how: value, simulated: value },
  'tcp.timeout': { ...tcp, afterMs: value },
  'tcp.data': { ...flow, length: value, bytes: value },
  'tcp.fin': flow,
  'tcp.rst': flow,
  'udp.data': { ...tcp, length: value, bytes: value },
  'tls.established': {
    conn: value,
    role: value,
    serverName: value,
    version: value,
    cipher: value,
    alpn: value,
    peer: certificate,
    own: certificate,
  },
  'tls.failed': {
    conn: value,
    role: value,
    serverName: value,
    code: value,
    detail: value,
    alert: value,
    peer: certificate,
    own: certificate,
  },
  'tls.keys': { conn: value, line: value },
  'http.request': hostRequest,
  'http.response': hostResponse,
  'origin.request': { ...hostRequest, clientCertificate: value },
  'origin.response': hostResponse,
  'origin.connected': { conn: value, host: value, protocol: value },
  'proxy.request': { ...destination, client: value, method: value, headers },
  'proxy.response': {
    ...destination,
    method: value,
    status: value,
    reason: value,
    headers,
    version: value,
    early: value,
  },
  'proxy.challenged': { proxy: value, conn: value, target: value, host: value, schemes: value, realm: value },
  'proxy.authenticated': {
    proxy: value,
    conn: value,
    target: value,
    host: value,
    scheme: value,
    user: value,
    standing: value,
  },
  'proxy.tunnel': { ...destination, upstream: value },
  'proxy.upstream-failed': { ...destination, failure: value, detail: value },
  'capture.read': {
    format: value,
    tool: value,
    packets: value,
    captureFilter: { text: value, ports: value },
    displayFilter: { text: value, syntax: value, wireshark: value, ports: value, asks: value, shown: value },
    standing: value,
    firstStanding: value,
    begun: value,
    proxies: value,
    direct: { tried: value, failed: value },
  },
  'client.started': { client: value, profile: value, address: value, identity: value },
  'client.network': { client: value, address: value, suffix: value, dns: value },
  'client.setting': {
    client: value,
    name: value,
    value,
    layer: value,
    origin: { file: value, line: value, column: value },
    note: value,
    mark: value,
    overriddenBy: value,
  },
  'settings.edited': {
    client: value,
    what: value,
    name: value,
    value,
    layer: value,
    origin: { file: value, line: value, column: value },
  },
  'client.phase': { client: value, phase: value, basis: value, says: value },
  'client.phase-finished': { client: value, phase: value, ok: value, says: value },
  'client.version': { client: value, installed: value, offered: value },
  'client.logged': { client: value, id: value, text: value },
  'user.request': { client: value, url: value, simulated: value },
  'user.answered': { client: value, url: value, page: value, status: value, says: value, simulated: value },
  'client.request': { ...own, url: value, method: value },
  'discovery.started': { client: value, source: value, name: value },
  'discovery.finished': { client: value, source: value, url: value, reason: value },
  'pac.fetched': {
    client: value,
    url: value,
    conn: value,
    status: value,
    bytes: value,
    begins: value,
    type: value,
    accepted: value,
    failure: value,
    reason: value,
  },
  'pac.loaded': { client: value, url: value, sha256: value, charset: value, length: value, text: value },
  'pac.called': { ...own, helper: value, args: value, result: value, line: value },
  'pac.answered': {
    ...own,
    url: value,
    host: value,
    answer: value,
    returned: value,
    routes: value,
    failedOpen: value,
    runs: value,
    calls: value,
  },
  'pac.failed': { ...own, phase: value, name: value, message: value, line: value, column: value },
  'client.routes': { ...own, routes: value, why: value },
  'client.attempt': { ...own, route: value, attempt: value },
  'client.attempt-finished': {
    ...own,
    route: value,
    attempt: value,
    conn: value,
    failure: value,
    detail: value,
    next: value,
  },
  'client.finished': {
    ...own,
    url: value,
    route: value,
    status: value,
    error: { name: value, text: value, number: value, inner: value, cause: value },
  },
};
