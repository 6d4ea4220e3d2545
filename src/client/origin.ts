/** The last part of the way: TLS with the destination where the URL asks for it, and the exchange. */
import type { Duplex } from 'node:stream';

import { fail } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import { globPattern } from '../glob.ts';
import { exchange, headerOf } from '../http/index.ts';
import type { Answer } from '../http/index.ts';
import type { Leaf } from '../net/certificates.ts';
import { dialTls } from '../net/tls.ts';
import type { DialTlsOptions } from '../net/tls.ts';
import type { WireRequest } from './attempt.ts';
import type { Trouble } from './dialect.ts';
import type { Line, Troubled } from './line.ts';
import { remaining } from './reach.ts';
import { isSecure, targetOf } from './route.ts';
import type { ClientInit, ClientTools, OwnCertificate } from './tools.ts';

export interface Done {
  answer: Answer | null;
  trouble: Trouble | null;
  /** What the exchange with the destination ran on; absent where a proxy carried it out. */
  stream?: Duplex;
}

export const originForm = (url: URL): string => `${url.pathname}${url.search}`;

/** Whether a connection ends with this answer (RFC 9112 9.3). */
export function closesAfter({ version, headers, complete }: Answer): boolean {
  const said = headerOf(headers, 'proxy-connection') ?? headerOf(headers, 'connection') ?? '';
  if (!complete || /\bclose\b/i.test(said)) return true;
  return version === '1.0' && !/\bkeep-alive\b/i.test(said);
}

export async function atOrigin(
  line: Line,
  request: WireRequest,
  troubled: Troubled,
  init: ClientInit,
  tools: ClientTools,
): Promise<Done> {
  const secured = isSecure(request.url) ? await secure(line, request, init, tools) : undefined;
  if (secured && !secured.ok)
    return { answer: null, trouble: troubled(secured.failure, { where: 'origin', during: 'tls' }) };
  return onStream(secured?.value ?? line.stream, request, troubled, init, tools);
}

/** The exchange itself, on a way that stands. */
export async function onStream(
  stream: Duplex,
  request: WireRequest,
  troubled: Troubled,
  init: ClientInit,
  tools: ClientTools,
): Promise<Done> {
  const { method, headers, body, deadline, ends } = request;
  const timeout = Math.min(init.dialect.request.answerTimeout ?? Infinity, remaining(deadline, tools));
  const answer = await exchange(
    stream,
    { method, target: originForm(request.url), headers, ends, ...(body === undefined ? {} : { body }) },
    { timeout, clock: tools.clock },
  );
  if (!answer.ok) return { answer: null, trouble: troubled(answer.failure, { where: 'origin', during: 'http' }) };
  if (answer.value.complete) return { answer: answer.value, trouble: null, stream };
  return cutShort(answer.value, 'origin', troubled);
}

/** An answer that ended before its body did. */
export function cutShort({ headers, body }: Answer, where: Trouble['where'], troubled: Troubled): Done {
  const { failure } = fail('tcp.closed', 'the answer is shorter than promised');
  const length = Number(headerOf(headers, 'content-length'));
  const missing = Number.isNaN(length) ? {} : { missing: length - body.length };
  return { answer: null, trouble: troubled(failure, { where, during: 'http', partial: true, ...missing }) };
}

async function secure(
  { connection, stream }: Line,
  { url, deadline }: WireRequest,
  init: ClientInit,
  tools: ClientTools,
): Promise<Outcome<Duplex>> {
  const [own] = init.certificates;
  const certificate = own === undefined ? {} : { certificate: await ownCertificate(own, tools) };
  const over = stream === connection ? {} : { over: stream };
  const serverName = targetOf(url).host;
  const options = {
    serverName,
    trust: trustFor(serverName, init),
    timeout: remaining(deadline, tools),
    commonName: init.dialect.commonName,
  };
  const secured = await dialTls(connection, { ...options, ...certificate, ...over, ...habitsOf(init) }, tools);
  return secured.ok ? { ok: true, value: secured.value.stream } : secured;
}

function ownCertificate(own: OwnCertificate, { pki }: ClientTools): Promise<Leaf> {
  if (typeof own === 'string') return pki.clientCertificate(own);
  return 'dates' in own ? pki.clientCertificate(own.name, [], own.dates) : pki.clientCertificate(own.name, [own.fault]);
}

/** A pin is stricter than trust: the chain must end at this authority. */
function trustFor(host: string, { tls, trust }: ClientInit): readonly string[] {
  const pin = Object.entries(tls?.pins ?? {}).find(([glob]) => globPattern(glob).test(host));
  return pin ? [pin[1]] : trust;
}

/** A name of a protocol takes at most 255 bytes (RFC 7301 3.1), one of them for its length. */
const longestName = 200;

function habitsOf({ tls }: ClientInit): Partial<DialTlsOptions> {
  if (!tls) return {};
  const { minVersion, maxVersion, hello } = tls;
  const filling = Array.from({ length: Math.ceil((hello ?? 0) / (longestName + 1)) }, (_, index) =>
    `filling-${index}`.padEnd(longestName, '-'),
  );
  return {
    ...(minVersion && { minVersion }),
    ...(maxVersion && { maxVersion }),
    ...(filling.length > 0 && { alpn: ['http/1.1', ...filling] }),
  };
}
