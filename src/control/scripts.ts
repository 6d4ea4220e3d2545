/**
 * What scripts say to programs outside the lab. These evaluate by themselves and tell nobody; but the lab has the script
 * as it was sent, knows what was asked for afterwards, and can do the same as a client of a profile would.
 */
import { loadPac } from '../pac/index.ts';
import type { ProfileName, Resolution } from '../pac/index.ts';
import type { EventMap, EventType, TraceEvent } from '../trace/events.ts';
import { viewOf } from '../trace/view.ts';
import { inferredEvents } from './clients.ts';

/** So many requests of late are answered again, each once. */
const mostRequests = 20;

export interface Evaluated {
  profile: ProfileName;
  /** The date of the lab, in milliseconds. */
  now: number;
}

/** Scripts that were fetched, and their answers, as the events that a client of the story would have written. */
export async function scriptEvents(trace: readonly TraceEvent[], asked: Evaluated): Promise<TraceEvent[]> {
  const fetched = viewOf(trace)
    .ofType('http.response')
    .filter(({ data }) => data.status === 200);
  const loaded = (await inferredEvents(trace)).filter((event) => event.type === 'pac.loaded');
  const events: TraceEvent[] = [];
  for (const [index, script] of loaded.entries()) {
    const next = loaded.slice(index + 1).find(({ data }) => data.client === script.data.client);
    const seq = fetched.findLast(({ data }) => script.data.url.endsWith(data.target))?.seq ?? 1;
    const { at, by, type, data } = script;
    const { client } = data;
    const started = { client, profile: asked.profile, address: client, identity: null };
    events.push({ seq, at, by, type: 'client.started', data: started }, { seq, at, by, type, data });
    const urls = next ? [] : urlsAsked(trace).slice(-mostRequests);
    using pac = await loadPac(script.data.text, { filename: script.data.url });
    for (const [request, { url, seq: at }] of urls.entries()) {
      const options = { ...asked, timeZone: 'UTC', dns: addressesIn(trace), myIp: [script.data.client], trace: true };
      const told = toldBy(await pac.resolve(url, options), { client: script.data.client, request, url, seq: at });
      events.push(...told);
    }
  }
  return events;
}

/** Destinations of requests to proxies; of a tunnel the client knew a path too, which a script may have seen. */
function urlsAsked(trace: readonly TraceEvent[]): { url: string; seq: number }[] {
  const urls = new Map<string, number>();
  for (const { seq, data } of viewOf(trace).ofType('proxy.request')) {
    const port = data.port === 443 ? '' : `:${data.port}`;
    urls.set(data.method === 'CONNECT' ? `https://${data.host}${port}/` : data.target, seq);
  }
  return [...urls].map(([url, seq]) => ({ url, seq }));
}

/** What the DNS of this lab has answered so far. */
function addressesIn(trace: readonly TraceEvent[]): Record<string, string[]> {
  const answers = viewOf(trace)
    .ofType('dns.answer')
    .filter(({ data }) => data.qtype === 'A' && data.answers.length > 0);
  return Object.fromEntries(
    answers.map(({ data }) => [data.name, data.answers.filter((each) => /^[\d.]+$/.test(each))]),
  );
}

interface Asked {
  client: string;
  request: number;
  url: string;
  seq: number;
}

function toldBy(
  { consulted, calls, error, raw, returned, routes, failedOpen, script, runs }: Resolution,
  asked: Asked,
): TraceEvent[] {
  const { client, request, url, seq } = asked;
  const event = <T extends EventType>(type: T, data: EventMap[T]): TraceEvent =>
    // Type and data belong together by the parameters; the union cannot say so.
    ({ seq, at: 0, by: `client:${client}`, type, data }) as TraceEvent;
  if (!consulted) return [];
  const place = { line: error?.line ?? null, column: error?.column ?? null };
  return [
    ...calls.map(({ fn, args, result, line }) =>
      event('pac.called', { client, request, helper: fn, args: [...args], result, line }),
    ),
    ...(error
      ? [
          event('pac.failed', {
            client,
            request,
            phase: error.phase,
            name: error.name,
            message: error.message,
            ...place,
          }),
        ]
      : []),
    event('pac.answered', {
      client,
      request,
      url: script?.url ?? url,
      host: script?.host ?? '',
      answer: raw,
      returned: returned ?? null,
      routes: [...routes],
      failedOpen,
      runs,
      calls: calls.length,
    }),
  ];
}
