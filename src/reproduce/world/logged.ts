/** Requests as a proxy's log has them: nobody saw the client, and the log does not say where the proxy is. */
import { targetOf } from '../../trace/requests.ts';
import type { Attempt, Request } from '../../trace/requests.ts';
import type { EventType, TraceEvent } from '../../trace/events.ts';
import { pick } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';

/** A proxy that is known by the name of its log only. */
export const isLog = (proxy: string): boolean => !/:\d+$/.test(proxy);

export const loggedIn = (view: View): TraceEvent<'proxy.request'>[] =>
  view.ofType('proxy.request').filter(({ data }) => isLog(data.proxy));

/** `proxy` is the one whose log it is taken to be. */
export function requestsInLogs(view: View, proxy: { host: string; port: number }): Request[] {
  return loggedIn(view).flatMap((event): Request[] => {
    const { client, method, target, host, port, conn } = event.data;
    const url = method === 'CONNECT' ? `https://${host}${port === 443 ? '' : `:${port}`}/` : target;
    if (!URL.canParse(url)) return [];
    const events = view.onConnection(conn);
    const ofType = <T extends EventType>(type: T): TraceEvent<T>[] => pick(events, type);
    const response = ofType('proxy.response')[0];
    const { seq, at, by, file, line, frame } = event;
    const place = {
      seq,
      at,
      by,
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      ...(frame === undefined ? {} : { frame }),
    };
    const route = `PROXY ${proxy.host}:${proxy.port}`;
    const started = { ...place, type: 'client.attempt', data: { client, request: 0, route, attempt: 1 } } as const;
    const nothing = { finished: undefined, failure: null, dials: [], upstreams: [], clientTls: [], originTls: [] };
    const attempt: Attempt = { route, proxy, started, ...nothing, conns: [conn], events, ofType };
    return [
      {
        client,
        by,
        url,
        target: targetOf(url),
        started: { ...place, type: 'client.request', data: { client, request: 0, url, method } },
        routes: undefined,
        attempts: [attempt],
        finished: undefined,
        ok: response !== undefined && response.data.status < 400,
        events,
        ofType,
      },
    ];
  });
}
