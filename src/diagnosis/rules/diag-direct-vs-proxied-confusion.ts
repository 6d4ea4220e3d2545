import type { TraceEvent } from '../../trace/events.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { bypassElsewhere, directFilter, looksIn, proxyFilter, proxyPorts, sayProxies, shownBy } from '../captures.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

const filtered = (look: TraceEvent<'capture.read'>): boolean => look.data.displayFilter?.shown === 0;

/** Repeated SYNs are looked for, and the client goes by a proxy. */
function lookedForSyns(view: View, look: TraceEvent<'capture.read'>): Match[] {
  const { displayFilter: filter, proxies, direct } = look.data;
  const [port] = proxyPorts(look.data);
  if (!filtered(look) || filter?.asks !== 'direct' || port === undefined || direct.tried > 0) return [];
  const refused = proxies.some((proxy) => proxy.refused.length > 0);
  return [
    {
      confidence: 'certain',
      why:
        `\`${filter.text}\` keeps no packet: it is for a client that bypasses proxies, and this one does not. ` +
        `The capture has ${sayProxies(look.data)}${refused ? ', which the filter hides' : ''}.`,
      fix: `Type \`${proxyFilter(port)}\`: CONNECT and its status are what counts behind a proxy.`,
      evidence: shownBy(view, look),
    },
  ];
}

/** CONNECT is looked for, and the client bypasses proxies. */
function lookedForProxy(view: View, look: TraceEvent<'capture.read'>): Match[] {
  const { displayFilter: filter, proxies, direct } = look.data;
  if (!filtered(look) || filter?.asks !== 'proxy' || proxies.length > 0 || direct.tried === 0) return [];
  const times = direct.tried === 1 ? '1 direct connection' : `${direct.tried} direct connections`;
  const failed = direct.failed > 0 ? `, ${direct.failed} of them in vain` : '';
  return [
    {
      confidence: 'certain',
      why:
        `\`${filter.text}\` keeps no packet: it is for a client that goes by a proxy, and this one asks none. ` +
        `The capture has ${times} to port 443${failed}.`,
      fix: `Type \`${directFilter}\`: SYNs that are repeated are what counts without a proxy. If it should use one, its settings are what to look at.`,
      evidence: seqs(look, bypassElsewhere(view)),
    },
  ];
}

/** The sniffer was told to keep one way, and nothing passed there; other evidence may show that the client goes the other. */
function keptOneWay(view: View, look: TraceEvent<'capture.read'>): Match[] {
  const { captureFilter: filter, packets } = look.data;
  if (!filter || packets > 0 || filter.ports.length === 0) return [];
  const https = filter.ports.includes(443);
  const other = https ? view.ofType('proxy.request')[0] : bypassElsewhere(view);
  if (!https && !other) return [];
  const missed = other ? ` Meanwhile ${https ? 'a proxy was asked' : 'port 443 was dialled past any proxy'}.` : '';
  return [
    {
      confidence: other ? 'certain' : 'likely',
      why: `The capture was told to keep \`${filter.text}\` only, and is empty: nobody goes that way.${missed}`,
      fix:
        `Capture again without a capture filter. \`http.request.method=="CONNECT"\` finds a proxy on any port, ` +
        `\`${directFilter}\` what is dropped on the way past it.`,
      evidence: seqs(look, other),
    },
  ];
}

export const diagDirectVsProxiedConfusion = rule({
  id: 'diag-direct-vs-proxied-confusion',
  title: 'The filter is for the other way out: it cannot show what this client does',
  severity: 'warning',
  summary:
    'There are two filters. The one for repeated SYNs is for a connector that bypasses proxies, the one for CONNECT and its ' +
    'answers for a connector that uses one. With the wrong one nothing is shown, and nothing shown looks like nothing wrong.',
  confirm:
    `First ask which way the client goes: \`http.request.method=="CONNECT"\` finds proxies on any port, and ` +
    '`tcp.flags.syn==1 && tcp.port==443` what bypasses them (Message Analyzer: `HTTP.Method == "CONNECT"`, ' +
    '`TCP.Flags.Syn == true and TCP.Port == 443`).',
  fix: `A client that bypasses proxies: \`${directFilter}\`. One that uses a proxy: \`${proxyFilter(8080)}\`, with the port of yours.`,
  refutedIf: 'The filter shows packets, or the client goes both ways.',
  alternatives: [],
  needs: [
    {
      says: 'a capture whose filter keeps no packet',
      seen: (view) =>
        looksIn(view).filter((look) => filtered(look) || (look.data.captureFilter !== null && look.data.packets === 0)),
    },
  ],
  find: (view) =>
    looksIn(view).flatMap((look) =>
      [...lookedForSyns(view, look), ...lookedForProxy(view, look), ...keptOneWay(view, look)].map((match) => ({
        ...match,
        about: look.file ?? '',
      })),
    ),
});
