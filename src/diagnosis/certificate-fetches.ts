/**
 * What Windows fetches by plain http to check certificates: revocation lists and answers of OCSP responders, the trust
 * list, intermediates. Who asks is CryptoAPI through WinHTTP, which sees no `.exe.config` (documented), so these requests
 * may take another way than the program's own.
 */
import type { TraceEvent } from '../trace/events.ts';
import { requestsOf } from '../trace/requests.ts';
import { header, kept, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { directDials, isOpen } from './direct-dials.ts';
import { isBare, isByPolicy, isRelayed, isTunnel, repliesOf, tunnelReplies } from './proxy-replies.ts';
import type { Reply } from './proxy-replies.ts';
import { useOf } from './service-hosts.ts';

export type Fetched = 'certificates' | 'trust';

export interface CertificateFetch {
  use: Fetched;
  url: string;
  /** `denied`: 403 of a proxy, or another status that it gives no reason for. `page`: 200 with HTML. `refused`, `silent`: no connection. */
  outcome: 'denied' | 'page' | 'refused' | 'silent';
  /** What a proxy answered; null where none did. */
  status: number | null;
  /** Who stood in the way, in words: the proxy, or the network. */
  by: string;
  /** `the network refused TCP 80 to crl3.digicert.com (203.0.113.30)`. */
  says: string;
  evidence: readonly number[];
  explains: readonly number[];
}

/** Every such fetch that failed, in order of what told it. */
export const failedFetches = kept((view): readonly CertificateFetch[] => [
  ...atProxies(view),
  ...behindProxies(view),
  ...withoutProxy(view),
]);

/** The events that told of some of them. */
export const eventsOf = (view: View, fetches: readonly CertificateFetch[]): TraceEvent[] =>
  fetches.flatMap(({ evidence }) => evidence.flatMap((seq) => view.event(seq) ?? []));

/** Of www.microsoft.com only one folder is meant. */
function fetchedFrom(host: string, port: number, url: string): Fetched | undefined {
  const use = useOf(host, port);
  if (use === 'trust' && host === 'www.microsoft.com' && !/\/pkiops\//i.test(url)) return undefined;
  return use === 'certificates' || use === 'trust' ? use : undefined;
}

function atProxies(view: View): CertificateFetch[] {
  return repliesOf(view).flatMap((reply) => {
    const { method, host, port, proxy, status, owner } = reply;
    const { target } = reply.response.data;
    const use = method === 'CONNECT' ? undefined : fetchedFrom(host, port, target);
    const outcome = outcomeOf(view, reply);
    if (!use || !outcome) return [];
    const page = outcome === 'page' ? ' and a page of HTML' : '';
    return [
      {
        use,
        url: target,
        outcome,
        status,
        by: proxy,
        says: `${proxy} answered ${method} ${target} with ${status}${page}`,
        evidence: reply.evidence,
        explains: seqs(owner?.attempt.events, owner?.request.finished),
      },
    ];
  });
}

/** Besides 403: what proxies say of a URL that they do not want to fetch, or have no place for. */
const unwanted = new Set([404, 405, 500, 501, 502]);

function outcomeOf(view: View, reply: Reply): 'denied' | 'page' | undefined {
  if (reply.status === 403 && isByPolicy(reply) && !isRelayed(reply)) return 'denied';
  if (unwanted.has(reply.status) && isBare(view, reply) && !isItsOnlyWord(view, reply)) return 'denied';
  const type = header(reply.response.data.headers, 'content-type') ?? '';
  return reply.status === 200 && /^text\/html/i.test(type) ? 'page' : undefined;
}

/** The proxy says so to tunnels as well, and opens none: then it is no matter of certificates. */
function isItsOnlyWord(view: View, { status, response }: Reply): boolean {
  const tunnels = tunnelReplies(view).filter((tunnel) => tunnel.response.data.proxy === response.data.proxy);
  return tunnels.some((tunnel) => tunnel.status === status) && !tunnels.some(isTunnel);
}

/** A proxy took the request, and the client gave up waiting for its answer. */
const behindProxies = (view: View): CertificateFetch[] =>
  requestsOf(view).flatMap((request) =>
    request.attempts.flatMap((attempt) => {
      const { host, port, scheme } = request.target;
      const use = scheme === 'http' ? fetchedFrom(host, port, request.url) : undefined;
      const { proxy, failure, finished, started } = attempt;
      const asked = attempt.ofType('proxy.request');
      if (!use || !proxy || !finished || failure !== 'http.timeout' || asked.length === 0) return [];
      const waited = Math.round((finished.at - started.at) / 1000);
      return [
        {
          use,
          url: request.url,
          outcome: 'silent' as const,
          status: null,
          by: `${proxy.host}:${proxy.port}`,
          says: `${proxy.host}:${proxy.port} took GET ${request.url} and gave no answer in ${waited} s`,
          evidence: seqs(started, asked, finished, request.finished),
          explains: seqs(request.events),
        },
      ];
    }),
  );

const withoutProxy = (view: View): CertificateFetch[] =>
  directDials(view)
    .filter((one) => !isOpen(one))
    .flatMap(({ request, host, dial }) => {
      const use = fetchedFrom(host, dial.to.port, request.url);
      if (!use) return [];
      const outcome = dial.outcome === 'silent' ? 'silent' : 'refused';
      const what = outcome === 'silent' ? `${dial.silentSyns} SYNs to` : 'the connection to';
      const how = outcome === 'silent' ? 'got no answer' : 'was refused';
      return [
        {
          use,
          url: request.url,
          outcome,
          status: null,
          by: 'the network',
          says: `${what} ${host} (${dial.to.ip}):80 ${how}`,
          evidence: seqs(
            dial.events,
            request.attempts.flatMap(({ finished }) => finished),
            request.finished,
          ),
          explains: seqs(request.events),
        },
      ];
    });

/**
 * A connection of the same machine to another port that opened, the same way. Without one a blocked port 80 tells nothing
 * of port 80: the machine may be meant to use a proxy for everything, or the proxy may be dead.
 */
export function wayOut(view: View, url: string): readonly number[] {
  const blocked = requestsOf(view).find((request) => request.url === url);
  const machine = machineOf(view, blocked?.client);
  if (blocked?.attempts.some(({ proxy }) => proxy !== null) === true) {
    const route = blocked.attempts[0]?.route;
    const tunnel = tunnelReplies(view).find(
      ({ owner, ...reply }) => isTunnel(reply) && reply.port !== 80 && owner?.attempt.route === route,
    );
    return seqs(tunnel?.response);
  }
  const open = directDials(view).find(
    (one) => isOpen(one) && one.dial.to.port !== 80 && machineOf(view, one.client) === machine,
  );
  return open ? seqs(open.dial.events) : [];
}

/** Denied by a proxy; or refused by the network, which lets the machine out on other ports. */
export const isRefusal = (view: View, { outcome, url }: CertificateFetch): boolean =>
  outcome === 'denied' || (outcome === 'refused' && wayOut(view, url).length > 0);

const machineOf = (view: View, client: string | undefined): string | undefined =>
  view.ofType('client.started').find(({ data }) => data.client === client)?.data.address;
