/** Captures that somebody has taken and looked at: what he looks for, and what is in them. */
import { endpoint } from '../trace/dials.ts';
import type { EventMap, TraceEvent } from '../trace/events.ts';
import { kept, pick, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';

export type Look = EventMap['capture.read'];

/** What to type to see who is refused on the way past the proxy. */
export const directFilter = 'tcp.analysis.retransmission && tcp.flags.syn==1';
/** What to type to see what a proxy is asked, and what it says. */
export const proxyFilter = (port: number): string =>
  `tcp.port==${port} && (http.request.method=="CONNECT" || http.response)`;

export const looksIn = (view: View): readonly TraceEvent<'capture.read'>[] => view.ofType('capture.read');

export const proxyPorts = ({ proxies }: Look): number[] => [...new Set(proxies.map(({ at }) => endpoint(at).port))];

/** Ports at which proxies were asked, by whatever tells it: another capture, or what proxies write themselves. */
export const askedElsewhere = kept((view): ReadonlyMap<number, TraceEvent<'proxy.request'>> => {
  const ports = new Map<number, TraceEvent<'proxy.request'>>();
  for (const event of view.ofType('proxy.request')) {
    const [opened] = pick(view.onConnection(event.data.conn), 'tcp.opened');
    const place = opened?.data.to ?? event.data.proxy;
    const { port } = endpoint(place);
    if (/:\d+$/.test(place) && !ports.has(port)) ports.set(port, event);
  }
  return ports;
});

/** A SYN to port 443, where nobody asks a proxy anything: whoever captures, the client bypasses proxies. */
export function bypassElsewhere(view: View): TraceEvent<'tcp.syn' | 'tcp.opened' | 'tcp.refused'> | undefined {
  if (view.ofType('proxy.request').length > 0) return undefined;
  return pick(view.events, 'tcp.syn', 'tcp.opened', 'tcp.refused').find(({ data }) => endpoint(data.to).port === 443);
}

/** The look itself, and where its proxies were asked. */
export const shownBy = (view: View, look: TraceEvent<'capture.read'>): number[] => {
  const places = new Set(look.data.proxies.map(({ at }) => at));
  const asked = view.ofType('proxy.request').find(({ data: { proxy, conn } }) => {
    const [opened] = pick(view.onConnection(conn), 'tcp.opened');
    return places.has(opened?.data.to ?? proxy);
  });
  return seqs(look, asked);
};

export const sayPorts = (ports: readonly number[]): string =>
  `${ports.length === 1 ? 'port' : 'ports'} ${ports.join(', ')}`;

/** `3 requests, answered with 407`. */
export function sayProxies({ proxies }: Look): string {
  return proxies
    .map(({ at, asked, refused }) => {
      const times = asked === 1 ? '1 request' : `${asked} requests`;
      return `${times} to the proxy ${at}${refused.length > 0 ? `, refused with ${refused.join(' and ')}` : ''}`;
    })
    .join('; ');
}
