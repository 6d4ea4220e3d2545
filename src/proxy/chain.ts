/** The way to a destination through another proxy: CONNECT once more. */
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';

import type { Exchange } from './exchange.ts';
import { cleanReason, endToEnd, pairsOf } from './headers.ts';
import { failureOf } from './origin-answer.ts';
import { formatAuthority } from './request.ts';
import type { Authority } from './request.ts';
import { dial } from './upstream.ts';
import type { Dialled, Upstream } from './upstream.ts';
import { withVia } from './via.ts';

/** A tunnel to the destination of the request. What the next proxy answers instead of 2xx is passed on. */
export async function dialThrough({ context, leg, request }: Exchange, next: Authority): Promise<Dialled> {
  const below = await dial(context, next);
  if (!below.ok) return below;
  const { stream, connection } = below.value;
  const authority = formatAuthority(request);
  const rest = endToEnd(request.headers).filter(([name]) => name.toLowerCase() !== 'host');
  const headers = withVia([['Host', authority], ...rest], request.version, context).flat();
  return new Promise((resolve) => {
    const leave = (): void => void sent.destroy();
    leg.stream.once('close', leave);
    const settle = (dialled: Dialled): void => {
      leg.stream.removeListener('close', leave);
      resolve(dialled);
    };
    const asked = { createConnection: () => stream, setHost: false, method: 'CONNECT', path: authority, headers };
    const sent = httpRequest(asked);
    sent.once('connect', (answer, _socket, early: Buffer) => {
      if (early.length > 0) stream.unshift(early);
      settle(granted(answer, below.value, next));
    });
    sent.once('error', (error) => {
      stream.destroy();
      const { code } = failureOf(error, connection);
      settle({ ok: false, failure: { code, detail: `${formatAuthority(next)}: ${error.message}` } });
    });
    sent.end();
  });
}

/** The body of a refusal is not waited for: its framing may be as wrong as the refusal. */
function granted(answer: IncomingMessage, upstream: Upstream, next: Authority): Dialled {
  const status = answer.statusCode ?? 502;
  if (status >= 200 && status < 300) return { ok: true, value: upstream };
  upstream.stream.destroy();
  const reason = cleanReason(answer.statusMessage ?? '');
  const detail = `the next proxy, ${formatAuthority(next)}, answered ${status} ${reason}`;
  const headers = endToEnd(pairsOf(answer.rawHeaders)).filter(([name]) => !/^content-/i.test(name));
  const body = `${detail}\n`;
  // 1xx answers no CONNECT, and what is below is no status.
  const told = status < 200 ? { status: 502, body } : { status, reason, headers, body };
  return { ok: false, failure: { code: 'proxy.status', detail, answer: told } };
}
