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
import { isByPolicy, isRelayed, repliesOf } from './proxy-replies.ts';
import type { Reply } from './proxy-replies.ts';
import { useOf } from './service-hosts.ts';

export type Fetched = 'certificates' | 'trust';

export interface CertificateFetch {
  use: Fetched;
  url: string;
  /** `denied`: 403 of a proxy. `page`: 200 with HTML. `refused`, `silent`: no connection. */
  outcome: 'denied' | 'page' | 'refused' | 'silent';
  /** Who stood in the way, in words: the proxy, or the network. */
  by: string;
  /** `the network refused TCP 80 to crl3.digicert.com (203.0.113.30)`. */
  says: string;
  evidence: readonly number[];
  explains: readonly number[];
}

/** Every such fetch that failed, in order of what told it. */
export const failedFetches = kept((view): readonly CertificateFetch[] => [...atProxies(view), ...withoutProxy(view)]);

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
    const outcome = outcomeOf(reply);
    if (!use || !outcome) return [];
    const page = outcome === 'page' ? ' and a page of HTML' : '';
    return [
      {
        use,
        url: target,
        outcome,
        by: proxy,
        says: `${proxy} answered ${method} ${target} with ${status}${page}`,
        evidence: reply.evidence,
        explains: seqs(owner?.attempt.events, owner?.request.finished),
      },
    ];
  });
}

function outcomeOf(reply: Reply): 'denied' | 'page' | undefined {
  if (reply.status === 403 && isByPolicy(reply) && !isRelayed(reply)) return 'denied';
  const type = header(reply.response.data.headers, 'content-type') ?? '';
  return reply.status === 200 && /^text\/html/i.test(type) ? 'page' : undefined;
}

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
 * A direct connection of the same machine to another port that opened. Without one a blocked port 80 tells nothing of
 * port 80: the machine may be meant to use a proxy for everything.
 */
export function wayOut(view: View, url: string): readonly number[] {
  const blocked = requestsOf(view).find((request) => request.url === url);
  const machine = machineOf(view, blocked?.client);
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
