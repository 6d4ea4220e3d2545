/** The last part of the way: TLS with the destination where the URL asks for it, and the exchange. */
import type { Duplex } from 'node:stream';

import { fail } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import { exchange, headerOf } from '../http/index.ts';
import type { Answer } from '../http/index.ts';
import { dialTls } from '../net/tls.ts';
import type { WireRequest } from './attempt.ts';
import type { Trouble } from './dialect.ts';
import type { Line, Troubled } from './line.ts';
import { remaining } from './reach.ts';
import { isSecure, targetOf } from './route.ts';
import type { ClientInit, ClientTools } from './tools.ts';

export interface Done {
  answer: Answer | null;
  trouble: Trouble | null;
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
  const { method, headers, body, deadline } = request;
  const timeout = Math.min(init.dialect.request.answerTimeout ?? Infinity, remaining(deadline, tools));
  const answer = await exchange(
    secured?.value ?? line.stream,
    { method, target: originForm(request.url), headers, ...(body === undefined ? {} : { body }) },
    { timeout, clock: tools.clock },
  );
  if (!answer.ok) return { answer: null, trouble: troubled(answer.failure, { where: 'origin', during: 'http' }) };
  if (answer.value.complete) return { answer: answer.value, trouble: null };
  const { failure } = fail('tcp.closed', 'the answer is shorter than promised');
  return { answer: null, trouble: troubled(failure, { where: 'origin', during: 'http', partial: true }) };
}

async function secure(
  { connection, stream }: Line,
  { url, deadline }: WireRequest,
  init: ClientInit,
  tools: ClientTools,
): Promise<Outcome<Duplex>> {
  const [name] = init.certificates;
  const certificate = name === undefined ? {} : { certificate: await tools.pki.clientCertificate(name) };
  const over = stream === connection ? {} : { over: stream };
  const options = { serverName: targetOf(url).host, trust: init.trust, timeout: remaining(deadline, tools) };
  const secured = await dialTls(connection, { ...options, ...certificate, ...over }, tools);
  return secured.ok ? { ok: true, value: secured.value.stream } : secured;
}
