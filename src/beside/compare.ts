/** What the model said of each request beside what the browser did. */
import type { Comparison } from '../run/record.ts';
import type { TraceEvent } from '../trace/events.ts';

interface Fetched {
  url: string;
  tries: string[];
  status: number | null;
  error: string | null;
}

export interface Told {
  events: readonly TraceEvent[];
  findings: readonly { id: string }[];
}

/** For each client: every request, the names asked and the scripts fetched; then the diagnosis. */
export function compare(model: Told, real: Told, clients: readonly { name: string; address: string }[]): Comparison[] {
  const rows = clients.flatMap(({ name, address }) => {
    const prefix = clients.length > 1 ? `${name}: ` : '';
    const [said, did] = [fetchedBy(name, model.events), fetchedBy(name, real.events)];
    const count = Math.max(said.length, did.length);
    const requests = Array.from({ length: count }, (_, index) =>
      compareRequests(said[index], did[index], `${prefix}${index + 1} ${(said[index] ?? did[index])?.url ?? ''}`),
    );
    return [
      ...requests.flat(),
      row(
        `${prefix}names asked`,
        sayList(namesAskedBy(address, model.events)),
        sayList(namesAskedBy(address, real.events)),
      ),
      row(
        `${prefix}scripts fetched`,
        sayList(scriptsFor(address, model.events)),
        sayList(scriptsFor(address, real.events)),
      ),
    ];
  });
  return [...rows, row('diagnosis, from the client’s cable alone', sayList(idsOf(model)), sayList(idsOf(real)))];
}

const row = (what: string, model: string, real: string): Comparison => ({ what, model, real, same: model === real });

const idsOf = ({ findings }: Told): string[] => findings.map(({ id }) => id).toSorted();

const sayList = (list: readonly string[]): string => (list.length === 0 ? 'none' : list.join(', '));

function compareRequests(said: Fetched | undefined, did: Fetched | undefined, what: string): Comparison[] {
  return [row(`${what}, tried`, sayTries(said), sayTries(did)), row(`${what}, ended with`, sayEnd(said), sayEnd(did))];
}

const sayTries = (fetched: Fetched | undefined): string =>
  fetched ? fetched.tries.join(', then ') || 'nothing' : 'no request';

/** Words of the model, and of a browser that was watched, for a load that does not end. */
const endless: readonly string[] = ['none', 'load', 'still waiting'];

/** A status counts where the user sees it. */
const sayEnd = (fetched: Fetched | undefined): string =>
  fetched
    ? (endWord(fetched.error) ?? (fetched.status === null ? 'nothing' : `status ${fetched.status}`))
    : 'no request';

const endWord = (error: string | null): string | null => (error !== null && endless.includes(error) ? 'no end' : error);

function fetchedBy(client: string, events: readonly TraceEvent[]): Fetched[] {
  const found = new Map<number, Fetched>();
  for (const { type, data } of events) {
    if (!('client' in data) || data.client !== client) continue;
    if (type === 'client.request') found.set(data.request, { url: data.url, tries: [], status: null, error: null });
    if (type === 'client.attempt') found.get(data.request)?.tries.push(data.route);
    if (type === 'client.finished')
      Object.assign(found.get(data.request) ?? {}, { status: data.status, error: data.error?.name ?? null });
  }
  return [...found.values()];
}

function namesAskedBy(address: string, events: readonly TraceEvent[]): string[] {
  // Records of type HTTPS say how to speak TLS; the model's clients do not ask for them.
  const names = events.flatMap(({ type, data }) =>
    type === 'dns.query' && data.client === address && data.qtype !== 'HTTPS'
      ? [data.name.toLowerCase().replace(/\.$/, '')]
      : [],
  );
  return [...new Set(names)].toSorted();
}

/** Requests that reached a host of scripts by a connection from this address. */
function scriptsFor(address: string, events: readonly TraceEvent[]): string[] {
  const own = new Set(
    events.flatMap(({ type, data }) =>
      type === 'tcp.opened' && data.from.startsWith(`${address}:`) ? [data.conn] : [],
    ),
  );
  const scripts = events.flatMap(({ type, data }) =>
    type === 'http.request' && own.has(data.conn) ? [`${data.host}${data.target}`] : [],
  );
  return [...new Set(scripts)].toSorted();
}
