/** Downloads of proxy scripts: what the client made of each, what the server says of it, and what came of it. */
import type { Confidence } from '../finding.ts';
import { dialsOf, endpoint, isDialTo, namesByAddress } from '../trace/dials.ts';
import type { Dial, Endpoint } from '../trace/dials.ts';
import type { TraceEvent } from '../trace/events.ts';
import { targetOf } from '../trace/requests.ts';
import { kept, pick, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { fellOpenOf, scriptFault } from './fail-open.ts';
import type { Match } from './rule.ts';

export interface Download {
  fetched: TraceEvent<'pac.fetched'>;
  /** The server's side of it, where the trace has it. */
  request: TraceEvent<'http.request'> | undefined;
  response: TraceEvent<'http.response'> | undefined;
  server: Endpoint | undefined;
  /** The text that the client read, when it took the body. */
  loaded: TraceEvent<'pac.loaded'> | undefined;
  /** The first time that the text gave an answer. */
  answered: TraceEvent<'pac.answered'> | undefined;
  /** The first time that the text could not be run at all. */
  broken: TraceEvent<'pac.failed'> | undefined;
}

/** Every download of every client, in order. */
export const downloadsOf = kept((view): readonly Download[] => {
  const downloads = view.ofType('pac.fetched').map((fetched): Download => {
    const { client, conn } = fetched.data;
    const next = view.ofType('pac.fetched').find(({ seq, data }) => seq > fetched.seq && data.client === client);
    const later = <T extends 'pac.loaded' | 'pac.failed' | 'pac.answered'>(type: T): TraceEvent<T>[] =>
      fetched.data.accepted ? pick(view.between(fetched.seq, next?.seq ?? Infinity), type) : [];
    const wire = conn === null ? [] : view.onConnection(conn).filter(({ seq }) => seq < fetched.seq);
    const [opened] = pick(wire, 'tcp.opened');
    // A connection that is kept serves several downloads.
    const request = pick(wire, 'http.request').at(-1);
    return {
      fetched,
      request,
      response: pick(wire, 'http.response').find(({ seq }) => seq > (request?.seq ?? 0)),
      server: opened && endpoint(opened.data.to),
      loaded: later('pac.loaded').find(({ data }) => data.client === client),
      answered: later('pac.answered').find(({ data }) => data.client === client),
      broken: later('pac.failed').find(({ data }) => data.client === client && data.phase === 'load'),
    };
  });
  return downloads.map((download) => ({ ...download, broken: download.broken ?? brokenBefore(downloads, download) }));
});

/** A client that knows a text to be broken does not try it again when the same text comes once more. */
function brokenBefore(downloads: readonly Download[], { fetched, loaded }: Download): Download['broken'] {
  if (!loaded) return undefined;
  return downloads.find(
    (other) =>
      other.broken &&
      other.fetched.seq < fetched.seq &&
      other.fetched.data.client === fetched.data.client &&
      other.loaded?.data.sha256 === loaded.data.sha256,
  )?.broken;
}

/** The downloads that one finding is about. */
export const downloadsWhere = (view: View, holds: (download: Download) => boolean): readonly Download[] =>
  downloadsOf(view).filter(holds);

/** For `needs`: the client's word on the downloads of a kind. */
export const fetchedWhere = (view: View, holds: (download: Download) => boolean): readonly TraceEvent[] =>
  downloadsWhere(view, holds).map(({ fetched }) => fetched);

/** Attempts to connect to the host of a script that led to no connection, the last search's own. */
export function dialsInVain(view: View, { fetched }: Download): readonly Dial[] {
  const { client, url, conn } = fetched.data;
  if (conn !== null) return [];
  const { host, port } = targetOf(url);
  const begun = pick(view.between(0, fetched.seq - 1), 'discovery.started', 'pac.fetched').findLast(
    ({ data }) => data.client === client,
  );
  return dialsOf(view).filter(
    ({ seq, by, to, outcome }) =>
      seq > (begun?.seq ?? 0) &&
      seq < fetched.seq &&
      by === fetched.by &&
      outcome !== 'opened' &&
      isDialTo(namesByAddress(view), to, { host, port }),
  );
}

export interface Blame {
  /** A sentence without its full stop. */
  why: string;
  confidence?: Confidence;
  /** Beside the download itself, both sides of it. */
  evidence?: readonly (TraceEvent | undefined)[];
  /** Symptoms that other rules could take for causes; what came of it is among them anyway. */
  explains?: readonly (TraceEvent | undefined)[];
  severity?: Match['severity'];
  about?: string;
  /** The script came through: a request that went without it has another cause. */
  harmless?: boolean;
  /** Downloads of the same fault, each of which may have sent requests DIRECT. */
  alike?: readonly Download[];
}

/** The finding on a download: with the requests that it sent DIRECT, an error when one of them was blocked. */
export function blame(view: View, download: Download, what: Blame): Match {
  const { fetched, request, response, loaded, broken } = download;
  const {
    why,
    confidence = 'certain',
    evidence = [],
    explains = [],
    severity,
    about = fetched.data.url,
    alike = [],
    harmless = false,
  } = what;
  const own = new Set([download, ...alike].map((one) => one.fetched));
  const fell = harmless
    ? []
    : fellOpenOf(view).filter(({ decision }) => decision.downloads.some((one) => own.has(one)));
  // Who knows the text to be broken says so the first time only.
  const said = broken && !harmless && broken.seq > fetched.seq ? broken : undefined;
  const fault = scriptFault(view, seqs([request, response, fetched, loaded, said], [...evidence]), fell);
  const unusable = broken && !harmless ? seqs(fetched, loaded, brokenBy(view, download)) : [];
  return {
    about,
    confidence,
    severity: severity ?? fault.severity,
    why: `${why}${fault.then}.`,
    evidence: [...new Set(fault.evidence)].sort((left, right) => left - right),
    explains: [...fault.explains, ...unusable, ...seqs([...explains])],
  };
}

/** A script that cannot be loaded says so again for every request. */
const brokenBy = (view: View, { fetched, broken }: Download): TraceEvent[] =>
  view
    .ofType('pac.failed')
    .filter(
      ({ seq, data }) =>
        broken !== undefined && seq > fetched.seq && data.client === fetched.data.client && data.phase === 'load',
    );
