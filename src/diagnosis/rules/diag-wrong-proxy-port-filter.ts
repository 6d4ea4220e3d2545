import type { TraceEvent } from '../../trace/events.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { askedElsewhere, bypassElsewhere, looksIn, proxyFilter, proxyPorts, sayPorts, shownBy } from '../captures.ts';
import { inMessageAnalyzer } from '../filters.ts';
import type { Match } from '../rule.ts';
import { rule } from '../rule.ts';

/** Ports of other things than proxies. */
const others = new Set([53, 67, 68, 443]);

/** What was typed to look at a capture keeps nothing, and the capture has a proxy on another port. */
function typed(view: View, look: TraceEvent<'capture.read'>): Match[] {
  const { displayFilter: filter, packets } = look.data;
  const ports = proxyPorts(look.data);
  const [port] = ports;
  if (!filter || filter.asks !== 'proxy' || filter.shown !== 0 || port === undefined) return [];
  if (filter.ports.length === 0 || ports.some((one) => filter.ports.includes(one))) return [];
  const places = look.data.proxies.map(({ at }) => at);
  return [
    {
      confidence: 'certain',
      why:
        `\`${filter.text}\` keeps none of ${packets} packets: it looks at ${sayPorts(filter.ports)}, and the proxy is asked at ` +
        `${places.join(', ')}.`,
      fix: `Type \`${proxyFilter(port)}\`. 8080 in the guide stands for the port that your proxy listens on.`,
      evidence: shownBy(view, look),
    },
  ];
}

/** The sniffer was told to keep a port only, and there was nothing on it. */
function kept(view: View, look: TraceEvent<'capture.read'>): Match[] {
  const { captureFilter: filter, packets } = look.data;
  if (!filter || packets > 0 || filter.ports.length === 0 || filter.ports.some((port) => others.has(port))) return [];
  // Then the port is not what is wrong.
  if (bypassElsewhere(view)) return [];
  const asked = [...askedElsewhere(view)].find(([port]) => !filter.ports.includes(port));
  const missed = asked ? ` Meanwhile a proxy was asked on port ${asked[0]}.` : '';
  return [
    {
      confidence: asked ? 'certain' : 'likely',
      why: `The capture was told to keep \`${filter.text}\` only, and is empty: nothing passed on ${sayPorts(filter.ports)}.${missed}`,
      fix: 'Capture again without a capture filter, and filter what is shown: `http.request.method=="CONNECT"` finds the proxy on any port.',
      evidence: seqs(look, asked?.[1]),
    },
  ];
}

export const diagWrongProxyPortFilter = rule({
  id: 'diag-wrong-proxy-port-filter',
  title: 'The filter looks at a port that is not the proxy’s',
  severity: 'warning',
  summary:
    'The guide’s filter names port 8080 as an example. The proxy here listens on another one, so the filter shows nothing: ' +
    'neither CONNECT nor 407 nor 502, although all of it may be in the capture.',
  confirm: `Filter \`http.request.method=="CONNECT"\` without any port ${inMessageAnalyzer}: the destination port of what it shows is the proxy’s.`,
  fix: 'Put the port of your proxy, as proxyaddress in ApplicationProxyConnectorService.exe.config or the proxy script names it, in the place of 8080.',
  refutedIf: 'A packet to or from the port of the filter is in an unfiltered capture of the same time.',
  alternatives: [
    {
      id: 'diag-direct-vs-proxied-confusion',
      tellApart: `An unfiltered capture has no CONNECT at all, and \`tcp.flags.syn==1 && tcp.port==443\` shows the connector’s SYNs: it bypasses proxies.`,
    },
  ],
  needs: [
    {
      says: 'a capture that was taken or looked at with a filter that names a port',
      seen: (view) =>
        looksIn(view).filter(
          ({ data: { captureFilter, displayFilter } }) =>
            (captureFilter?.ports.length ?? 0) > 0 || (displayFilter?.ports.length ?? 0) > 0,
        ),
    },
  ],
  find: (view) =>
    looksIn(view).flatMap((look) =>
      [...typed(view, look), ...kept(view, look)].map((match) => ({
        ...match,
        about: look.file ?? '',
        ...(match.confidence === 'certain' ? { alternatives: [] } : {}),
      })),
    ),
});
