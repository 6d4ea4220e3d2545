import type { Alternative } from '../../finding.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { explainedBy } from '../denials.ts';
import { inMessageAnalyzer } from '../filters.ts';
import { isTunnel, tunnelReplies } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';
import { fallbackReplies, portsOf, serviceBusPortFilter, signallingOf } from '../service-bus.ts';
import type { Signalling } from '../service-bus.ts';
import { isOfMissingSuffix } from '../suffix-denied.ts';

/** Answers that the request did not get over. */
const refusalsOf = (view: View, signalling: Signalling): Reply[] =>
  fallbackReplies(view, signalling).filter((reply) => !isTunnel(reply) && !reply.overcome);

/** Each half by itself: one way is enough for Service Bus, so it is for the customer to say which one is meant. */
const slowOnly: Alternative = {
  id: 'sb-tcp-blackhole-slow-fallback',
  tellApart: 'The proxy is meant to refuse: then the silence of the TCP ports is what has to end.',
};
const tellApart = 'The TCP ports are meant to be closed: then the refusal alone is the fault.';
const refusals: Readonly<Record<number, Alternative>> = {
  403: { id: 'policy-msappproxy-only', tellApart },
  407: { id: 'auth-407-per-destination', tellApart },
};

export const sbHttpsFallbackAlsoDenied = rule({
  id: 'sb-https-fallback-also-denied',
  title: 'Neither way to Service Bus is open: TCP is dropped, and the proxy refuses HTTPS',
  severity: 'error',
  summary:
    'Service Bus tries direct TCP, waits for it in vain, and falls back to HTTPS through the proxy, which refuses the ' +
    'tunnel. There is no signalling at all: the connector looks installed, and users get a gateway timeout.',
  confirm: `Filter \`tcp.flags.syn==1 && tcp.flags.ack==0 && ${serviceBusPortFilter}\` for the silence (Message Analyzer: \`property.TCPSynRetransmit\`), then \`http.request.method=="CONNECT" || http.response.code>=400\` ${inMessageAnalyzer} for the refusal of *.servicebus.windows.net:443.`,
  fix:
    'On the proxy allow CONNECT to *.servicebus.windows.net:443 for the connector’s machine, without authentication. ' +
    'That is enough; direct TCP (5671, 5672, 9350-9354) need not be opened, but should be rejected, not dropped.',
  refutedIf: 'One CONNECT to the signalling host is answered with 200.',
  alternatives: [slowOnly, ...Object.values(refusals)],
  needs: [
    {
      says: 'a SYN to a Service Bus port that was never answered',
      seen: (view) => signallingOf(view, 'silent').flatMap(({ dials }) => dials.flatMap((dial) => [...dial.events])),
    },
    {
      says: 'a refusal of CONNECT to the same host on 443',
      seen: (view) =>
        signallingOf(view, 'silent').flatMap((signalling) =>
          refusalsOf(view, signalling).map(({ response }) => response),
        ),
    },
  ],
  find: (view) =>
    signallingOf(view, 'silent').flatMap((signalling) => {
      const { host, dials } = signalling;
      const refused = refusalsOf(view, signalling);
      const [first] = refused;
      if (!first || fallbackReplies(view, signalling).some(isTunnel)) return [];
      // The proxy's list is a cause of its own then, and the silence another.
      if (isOfMissingSuffix(view, first)) return [];
      return [
        {
          about: host,
          confidence: 'certain',
          why:
            `SYNs to ${host} on ${portsOf(dials)} got no answer, and ${first.proxy} answered CONNECT to ${host}:443 ` +
            `with ${first.status}.`,
          evidence: [...seqs(dials.flatMap(({ events }) => events)), ...refused.flatMap(({ evidence }) => evidence)],
          alternatives: [slowOnly, refusals[first.status] ?? []].flat(),
          // What else the proxy let through only shows that the refusal is about this host.
          explains: explainedBy(refused, tunnelReplies(view).filter(isTunnel)),
        },
      ];
    }),
});
