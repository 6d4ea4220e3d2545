/** What proxies answered, joined with the request it answers and with what the client made of it. */
import type { TraceEvent } from '../trace/events.ts';
import { ownersOf } from '../trace/requests.ts';
import type { Attempt, Request } from '../trace/requests.ts';
import { header, kept, pick, seqs } from '../trace/view.ts';

export interface Reply {
  response: TraceEvent<'proxy.response'>;
  request: TraceEvent<'proxy.request'> | undefined;
  challenge: TraceEvent<'proxy.challenged'> | undefined;
  method: string;
  status: number;
  host: string;
  port: number;
  /** The proxy as the client addressed it (`proxy.corp.example:8080`), else its own name. */
  proxy: string;
  /** The `error` of Proxy-Status (RFC 9209), if the proxy gave its reason. */
  reason: string | undefined;
  owner: { request: Request; attempt: Attempt } | undefined;
  /** The same proxy let the same client through to the same destination afterwards. */
  overcome: boolean;
  evidence: number[];
}

/** Every answer of every proxy, in order. */
export const repliesOf = kept((view): readonly Reply[] => {
  const owners = ownersOf(view);
  const responses = view.ofType('proxy.response');
  return responses.map((response): Reply => {
    const { conn, method, status, host, port, proxy, headers } = response.data;
    const before = view.onConnection(conn).filter(({ seq }) => seq < response.seq);
    const request = pick(before, 'proxy.request').findLast(({ data }) => data.target === response.data.target);
    const challenge = pick(view.onConnection(conn), 'proxy.challenged').findLast(
      ({ seq }) => seq > (request?.seq ?? 0) && Math.abs(seq - response.seq) <= 2,
    );
    const owner = owners.get(response.seq);
    const route = owner?.attempt.proxy;
    return {
      response,
      request,
      challenge,
      method,
      status,
      host,
      port,
      proxy: route ? `${route.host}:${route.port}` : proxy,
      reason: /(?:^|;)\s*error\s*=\s*"?([a-z0-9_]+)/i.exec(header(headers, 'proxy-status') ?? '')?.[1],
      owner,
      overcome: responses.some((later) => later.seq > response.seq && isPassed(later, response)),
      evidence: seqs(request, challenge, response, owner?.attempt.finished, owner?.request.finished),
    };
  });
});

/** Answers to CONNECT. */
export const tunnelReplies = kept((view) => repliesOf(view).filter(({ method }) => method === 'CONNECT'));

export const isTunnel = ({ status }: { status: number }): boolean => status >= 200 && status < 300;

/** Reasons by which a proxy says that it does not want to; all others tell that it could not. */
const refusals = new Set(['http_request_denied', 'destination_ip_prohibited']);

/** Whether the proxy's own words, if it gave any, agree with a refusal by policy. */
export const isByPolicy = ({ reason }: Reply): boolean => reason === undefined || refusals.has(reason);

export const events = (replies: readonly Reply[]): TraceEvent<'proxy.response'>[] =>
  replies.map(({ response }) => response);

const isPassed = (later: TraceEvent<'proxy.response'>, { data }: TraceEvent<'proxy.response'>): boolean =>
  isTunnel(later.data) &&
  later.data.method === data.method &&
  later.data.proxy === data.proxy &&
  later.data.target === data.target;
