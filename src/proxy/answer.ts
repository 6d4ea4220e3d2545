/** Answers that the proxy gives by itself, and the words of RFC 9209 that say why. */
import { STATUS_CODES } from 'node:http';

import type { Failure, FailureCode } from '../failure.ts';
import type { HeaderList } from '../trace/events.ts';
import { listOf, valueOf } from './headers.ts';

export interface Answer {
  status: number;
  /** The reason phrase; the usual one when absent. */
  reason?: string | undefined;
  headers?: HeaderList | undefined;
  body?: string | undefined;
  /** Sends the body in chunks instead of with a length. */
  chunked?: boolean | undefined;
  /** Closes the connection after the answer. */
  close?: boolean | undefined;
}

/** Error types of RFC 9209 section 2.3 that this proxy uses. */
export type ProxyError =
  | 'dns_timeout'
  | 'dns_error'
  | 'destination_ip_prohibited'
  | 'destination_ip_unroutable'
  | 'connection_refused'
  | 'connection_terminated'
  | 'connection_timeout'
  | 'connection_limit_reached'
  | 'http_response_timeout'
  | 'tls_protocol_error'
  | 'tls_certificate_error'
  | 'tls_alert_received'
  | 'http_request_error'
  | 'http_request_denied'
  | 'http_protocol_error'
  | 'proxy_loop_detected';

/** A `Proxy-Status` field: who, which error, and details as quoted strings. */
function proxyStatus(by: string, error: ProxyError, details: Record<string, string> = {}): HeaderList {
  const who = /^[a-z*][\w!#$%&'*+.^`|~:/-]*$/i.test(by) ? by : quoted(by);
  const rest = Object.entries(details).map(([key, value]) => `; ${key}=${quoted(value)}`);
  return [['Proxy-Status', `${who}; error=${error}${rest.join('')}`]];
}

const quoted = (text: string): string =>
  `"${text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, (character) => `\\${character}`)}"`;

/** A page that says what went wrong, with its Proxy-Status. */
export const errorAnswer = (
  by: string,
  status: number,
  error: ProxyError,
  detail: string,
  details: Record<string, string> = {},
): Answer => ({
  status,
  headers: [...proxyStatus(by, error, { ...details, details: detail }), ...plainText],
  body: `${status} ${STATUS_CODES[status] ?? ''}: ${detail}\n`,
});

export const plainText: HeaderList = [['Content-Type', 'text/plain; charset=utf-8']];

const upstreamErrors: Partial<
  Record<FailureCode, [status: number, error: ProxyError, details?: Record<string, string>]>
> = {
  'dns.nxdomain': [502, 'dns_error', { rcode: 'NXDOMAIN' }],
  'dns.nodata': [502, 'dns_error', { rcode: 'NOERROR' }],
  'dns.servfail': [502, 'dns_error', { rcode: 'SERVFAIL' }],
  'dns.timeout': [504, 'dns_timeout'],
  'tcp.refused': [502, 'connection_refused'],
  'tcp.timeout': [504, 'connection_timeout'],
  'tcp.unreachable': [502, 'destination_ip_unroutable'],
  'tls.untrusted': [502, 'tls_certificate_error'],
  'tls.name': [502, 'tls_certificate_error'],
  'tls.expired': [502, 'tls_certificate_error'],
  'tls.alert': [502, 'tls_alert_received'],
  'tls.protocol': [502, 'tls_protocol_error'],
  'http.timeout': [504, 'http_response_timeout'],
  'http.malformed': [502, 'http_protocol_error'],
};

/** What a client is told when the destination could not be reached or did not answer. */
export function upstreamAnswer(by: string, failure: Failure): Answer {
  const [status, error, details] = upstreamErrors[failure.code] ?? [502, 'connection_terminated'];
  return errorAnswer(by, status, error, failure.detail, details);
}

/** The head of an answer as it goes over the wire, and as the trace has it. */
export interface AnswerHead {
  status: number;
  reason: string;
  headers: HeaderList;
  /** Of HTTP, when it is not 1.1. */
  version?: '1.0';
  /** Bytes behind the head of a 2xx to CONNECT, in one piece with it; absent for none. */
  early?: number;
}

/** Of a 2xx to CONNECT: what follows its head at once is the tunnel's. */
export const withEarly = (head: AnswerHead, early: number): AnswerHead => (early > 0 ? { ...head, early } : head);

/** `final` when the connection ends with this answer. A 2xx to CONNECT has no length: what follows is the tunnel. */
export function headOf(answer: Answer, { final, tunnel }: { final: boolean; tunnel: boolean }): AnswerHead {
  const { status, body = '' } = answer;
  const headers: HeaderList = [...(answer.headers ?? [])];
  const bodiless = status === 204 || status === 304 || (tunnel && status < 300);
  const framed = ['content-length', 'transfer-encoding'].some((name) => valueOf(headers, name) !== undefined);
  if (!framed && !bodiless) {
    headers.push(
      answer.chunked ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(Buffer.byteLength(body))],
    );
  }
  if (valueOf(headers, 'connection') === undefined && !(tunnel && status < 300)) {
    headers.push(['Connection', final ? 'close' : 'keep-alive']);
  }
  return { status, reason: answer.reason ?? STATUS_CODES[status] ?? '', headers };
}

/** The bytes of an answer that no node:http writes for us: to CONNECT, and to what was no request at all. */
export function bytesOf(head: AnswerHead, answer: Answer): string {
  const lines = head.headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${head.status} ${head.reason}\r\n${lines.join('')}\r\n${contentOf(head, answer)}`;
}

/** What follows the head. */
export function contentOf({ status, headers }: AnswerHead, answer: Answer): string {
  const body = status === 204 || status === 304 ? '' : (answer.body ?? '');
  if (!listOf(headers, 'transfer-encoding').includes('chunked')) return body;
  const chunks = body === '' ? '' : `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;
  return `${chunks}0\r\n\r\n`;
}

/** Whether the client wants the connection closed after this exchange. */
export function wantsClose({ version, headers }: { version: string; headers: HeaderList }): boolean {
  const wishes = [...listOf(headers, 'connection'), ...listOf(headers, 'proxy-connection')];
  return wishes.includes('close') || (version === '1.0' && !wishes.includes('keep-alive'));
}
