/** What proxies answered, joined with the request it answers and with what the client made of it. */
import type { TraceEvent } from '../trace/events.ts';
import { ownersOf } from '../trace/requests.ts';
import type { Attempt, Request } from '../trace/requests.ts';
import { groupIn, header, kept, pick, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';

type Owners = ReturnType<typeof ownersOf>;

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
  /** The name of Squid's error page (`ERR_DNS_FAIL`), which Squid puts into a header. */
  page: string | undefined;
  /** The number behind it: an error of the proxy's machine, 0 for none. */
  pageError: string | undefined;
  owner: { request: Request; attempt: Attempt } | undefined;
  /** The same request got through to the same destination afterwards: the client had an answer to the challenge. */
  overcome: boolean;
  evidence: number[];
}

/** Every answer of every proxy, in order. */
export const repliesOf = kept((view): readonly Reply[] => {
  const owners = ownersOf(view);
  const passes = lastPasses(view, owners);
  const dialogues = new Map<number, Dialogue>();
  const replies: Reply[] = [];
  for (const event of view.events) {
    if (event.type === 'proxy.request') dialogues.set(event.data.conn, { request: event, challenge: undefined });
    if (event.type === 'proxy.challenged') groupIn(dialogues, event.data.conn, nothing).challenge = event;
    if (event.type !== 'proxy.response') continue;
    replies.push(reply(event, dialogues.get(event.data.conn) ?? nothing(), owners.get(event.seq), passes));
    dialogues.delete(event.data.conn);
  }
  return replies;
});

interface Dialogue {
  request: Reply['request'];
  challenge: Reply['challenge'];
}

const nothing = (): Dialogue => ({ request: undefined, challenge: undefined });

function reply(
  response: Reply['response'],
  { request, challenge }: Dialogue,
  owner: Reply['owner'],
  passes: ReadonlyMap<string, number>,
): Reply {
  const { method, status, host, port, proxy, headers } = response.data;
  const route = owner?.attempt.proxy;
  return {
    response,
    request,
    challenge,
    method,
    status,
    host,
    port,
    owner,
    proxy: route ? `${route.host}:${route.port}` : proxy,
    reason: /(?:^|;)\s*error\s*=\s*"?([a-z0-9_]+)/i.exec(header(headers, 'proxy-status') ?? '')?.[1],
    page: /^ERR_\w+/.exec(header(headers, 'x-squid-error') ?? '')?.[0],
    pageError: /^ERR_\w+ (\d+)/.exec(header(headers, 'x-squid-error') ?? '')?.[1],
    overcome: (passes.get(passKey(response, owner)) ?? 0) > response.seq,
    evidence: seqs(request, challenge, response, owner?.attempt.finished, owner?.request.finished),
  };
}

/** When each destination was let through for the last time, by request. */
const lastPasses = (view: View, owners: Owners): ReadonlyMap<string, number> =>
  new Map(
    view
      .ofType('proxy.response')
      .filter(({ data }) => isTunnel(data))
      .map((event) => [passKey(event, owners.get(event.seq)), event.seq]),
  );

/** Where the client's own events are missing, its connection stands for the request. */
const passKey = ({ data }: Reply['response'], owner: Reply['owner']): string =>
  `${owner ? `request ${owner.request.started.seq}` : `connection ${data.conn}`} ${data.method} ${data.target}`;

/** The answer is the destination's own, passed on; what is said of it here is no word of the proxy. */
export const isRelayed = ({ method, status, owner, response }: Reply): boolean =>
  method !== 'CONNECT' &&
  (owner?.attempt.ofType('origin.response').some(({ data }) => data.status === status) === true ||
    isFromBehind(response));

/** Who makes an answer is not in Via, who passes it on is (RFC 9110, 7.6.3): of two, one is behind the proxy. */
export const isFromBehind = ({ data }: TraceEvent<'proxy.response'>): boolean =>
  data.status === 407 && (header(data.headers, 'via') ?? '').split(',').length > 1;

/** The proxy's own words: it says so, or it has not signed the answer as one that it passes on (RFC 9110, 7.6.3). */
export const isOwn = (reply: Reply): boolean =>
  !isRelayed(reply) &&
  (reply.reason !== undefined || reply.page !== undefined || header(reply.response.data.headers, 'via') === undefined);

/** Answers to CONNECT. */
export const tunnelReplies = kept((view) => repliesOf(view).filter(({ method }) => method === 'CONNECT'));

export const isTunnel = ({ status }: { status: number }): boolean => status >= 200 && status < 300;

/** Reasons by which a proxy says that it does not want to; all others tell that it could not. */
const refusals = new Set(['http_request_denied']);

/** Whether the proxy's own words, if it gave any, agree with a refusal by policy. */
export const isByPolicy = ({ reason }: Reply): boolean => reason === undefined || refusals.has(reason);

/** A refusal of the proxy's own, without a reason, and without an attempt that has failed behind it. */
export const isBare = (view: View, reply: Reply): boolean =>
  isOwn(reply) && isByPolicy(reply) && !/^ERR_(?!ACCESS_DENIED)/.test(reply.page ?? '') && !triedAndFailed(view, reply);

/** The proxy did try, and has logged that the way to the destination failed. */
export const triedAndFailed = (view: View, { request, response }: Reply): boolean =>
  pick(view.onConnection(response.data.conn), 'proxy.upstream-failed').some(
    ({ seq }) => seq > (request?.seq ?? 0) && seq < response.seq,
  );

export const events = (replies: readonly Reply[]): TraceEvent<'proxy.response'>[] =>
  replies.map(({ response }) => response);
