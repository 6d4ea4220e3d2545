/** What clients asked for on their way to a proxy script, by DNS and by DHCP, and what they did with the answers. */
import { decisionOf } from '../trace/discovery.ts';
import { isPrivateAddress } from '../trace/dials.ts';
import type { TraceEvent } from '../trace/events.ts';
import { requestsOf, targetOf } from '../trace/requests.ts';
import type { Request } from '../trace/requests.ts';
import { kept, pick } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { fellOpenOf } from './fail-open.ts';
import type { FellOpen } from './fail-open.ts';

/** One source asked by one client, from the beginning to the end. */
interface Asked {
  client: string;
  started: TraceEvent<'discovery.started'>;
  finished: TraceEvent<'discovery.finished'>;
  /** Lab time in milliseconds. */
  ms: number;
  /** The number of the client's next search; Infinity after its last. */
  next: number;
  /** All downloads that followed, up to the client's next search. */
  downloads: readonly TraceEvent<'pac.fetched'>[];
}

/** What DNS said of the host of a script. */
export interface HostSearch extends Asked {
  /** Of the client, for wpad names. */
  queries: readonly TraceEvent<'dns.query'>[];
  answers: readonly TraceEvent<'dns.answer'>[];
  /** Names asked, each once. */
  names: readonly string[];
  /** Of the answer that counted; empty when nothing was found. */
  addresses: readonly string[];
}

export type DnsSearch = HostSearch;

export interface DhcpSearch extends Asked {
  answers: readonly TraceEvent<'dhcp.answer'>[];
  timeout: TraceEvent<'dhcp.timeout'> | undefined;
  /** What counted of the answers. */
  value: string | null;
}

export const isWpad = (name: string): boolean => /^wpad(\.|$)/i.test(name);

/** Not of this network, as far as an address can tell. */
export const isForeign = (addresses: readonly string[]): boolean =>
  addresses.length > 0 && addresses.every((ip) => !isPrivateAddress(ip) && ip.includes('.'));

export const dnsSearchesOf = kept((view): readonly DnsSearch[] =>
  askedOf(view, 'dns').map((asked) => lookedUp(view, asked, asked.finished.seq)),
);

/**
 * Searches that DNS itself had answered, and those where somebody else gave a URL with wpad in it: then the name is looked
 * up for the download. In the order in which they began.
 */
export const hostSearchesOf = kept((view): readonly HostSearch[] => {
  const named = [...askedOf(view, 'dhcp'), ...askedOf(view, 'configured')].flatMap((asked) => {
    const { host } = targetOf(asked.finished.data.url ?? '');
    const until = asked.downloads.at(-1)?.seq;
    if (!isWpad(host) || until === undefined) return [];
    const search = lookedUp(view, asked, until);
    return [{ ...search, names: search.names.length > 0 ? search.names : [host] }];
  });
  return [...dnsSearchesOf(view), ...named].sort((left, right) => left.started.seq - right.started.seq);
});

function lookedUp(view: View, asked: Asked, until: number): HostSearch {
  const events = view.between(asked.started.seq, until);
  const ip = addressOf(view, asked.client);
  const own = ({ data }: TraceEvent<'dns.query' | 'dns.answer'>): boolean =>
    isWpad(data.name) && (ip === undefined || data.client === ip);
  const queries = pick(events, 'dns.query').filter(own);
  const answers = pick(events, 'dns.answer').filter(own);
  const names = [...new Set(queries.map(({ data }) => data.name.toLowerCase()))];
  const { url } = asked.finished.data;
  return { ...asked, queries, answers, names, addresses: url === null ? [] : dataOf(answers) };
}

export const dhcpSearchesOf = kept((view): readonly DhcpSearch[] =>
  askedOf(view, 'dhcp').map((asked) => {
    const events = view.between(asked.started.seq, asked.finished.seq);
    const answers = pick(events, 'dhcp.answer').filter(({ data }) => data.client === asked.client);
    const [timeout] = pick(events, 'dhcp.timeout').filter(({ data }) => data.client === asked.client);
    const value = answers.find(({ data }) => data.option252 !== null)?.data.option252 ?? null;
    return { ...asked, answers, timeout, value };
  }),
);

/** The address that a client works from. */
export const addressOf = (view: View, client: string): string | undefined =>
  view.ofType('client.started').find(({ data }) => data.client === client)?.data.address;

/** Requests that went DIRECT without a script after this search. */
export const fellAfter = (view: View, { started }: Asked): readonly FellOpen[] =>
  fellOpenOf(view).filter(({ decision }) => decision.searches.some((search) => search.started === started));

/** Requests that a script decided which this search had found. */
export const decidedBy = (view: View, { client, downloads }: Asked): readonly Request[] =>
  requestsOf(view).filter((request) => {
    if (request.client !== client) return false;
    const { script } = decisionOf(view, request);
    return script !== undefined && downloads.includes(script);
  });

/** The download that gave a script, if any. */
export const accepted = ({ downloads }: Asked): TraceEvent<'pac.fetched'> | undefined =>
  downloads.findLast(({ data }) => data.accepted);

/** The search to its last download, and what came of the script until the next one: what a cause in it explains. */
export function wholeSearch(view: View, { client, started, finished, next, downloads }: Asked): TraceEvent[] {
  const last = downloads.at(-1)?.seq ?? finished.seq;
  const used = pick(view.between(last, next - 1), 'pac.loaded', 'pac.failed');
  return [...view.between(started.seq, last), ...used.filter(({ data }) => data.client === client)];
}

const dataOf = (answers: readonly TraceEvent<'dns.answer'>[]): string[] => {
  const last = answers.findLast(({ data }) => data.rcode === 'NOERROR' && data.answers.length > 0);
  return last?.data.answers.filter((one) => /^[\d.]+$|:/.test(one)) ?? [];
};

function askedOf(view: View, source: TraceEvent<'discovery.started'>['data']['source']): Asked[] {
  const begun = view.ofType('discovery.started');
  return begun.flatMap((started) => {
    const { client } = started.data;
    if (started.data.source !== source) return [];
    const next = begun.find(({ seq, data }) => seq > started.seq && data.client === client)?.seq ?? Infinity;
    const finished = view
      .ofType('discovery.finished')
      .find(({ seq, data }) => seq > started.seq && seq < next && data.client === client && data.source === source);
    if (!finished) return [];
    const downloads = view
      .ofType('pac.fetched')
      .filter(({ seq, data }) => seq > finished.seq && seq < next && data.client === client);
    return [{ client, started, finished, ms: finished.at - started.at, next, downloads }];
  });
}
