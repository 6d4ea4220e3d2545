import { sayDuration } from '../../duration.ts';
import type { View } from '../../trace/view.ts';
import { lostCertificatesOf, rejectedSubstitutes, untouchedTunnels, wholeEvidence } from '../lost-certificates.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import type { TunnelTls } from '../tunnel-tls.ts';

interface Harmed {
  tls: TunnelTls;
  evidence: readonly number[];
}

const harmed = (view: View): Harmed[] => [
  ...lostCertificatesOf(view),
  ...rejectedSubstitutes(view)
    .filter(({ substituted }) => substituted === true)
    .map((tls) => ({ tls, evidence: wholeEvidence(tls) })),
];

function match({ tls, evidence }: Harmed, untouched: readonly TunnelTls[]): Match[] {
  const { reply, shown } = tls;
  const before = untouched.findLast(
    (other) =>
      other.reply.response.data.proxy === reply.response.data.proxy &&
      other.reply.host === reply.host &&
      other.client.seq < tls.client.seq,
  );
  if (!before) return [];
  return [
    {
      about: reply.proxy,
      confidence: 'certain',
      why:
        `${reply.proxy} left TLS to ${reply.host} alone (issuer ${String(before.shown?.issuer)}), and ` +
        `${sayDuration(tls.client.at - before.client.at)} later shows a certificate of ${String(shown?.issuer)} instead.`,
      evidence: [...before.evidence, ...evidence],
      explains: evidence,
    },
  ];
}

export const tlsInspectToggledMidrun = rule({
  id: 'tls-inspect-toggled-midrun',
  title: 'TLS inspection was switched on while the client ran',
  severity: 'error',
  summary:
    'The same host was reached through the same proxy with its own certificate, later with a substitute. Tunnels that stand ' +
    'are not touched by the change, so that the fault begins with the next new connection, maybe hours after it.',
  confirm:
    'Filter `tls.handshake.type==11` on the proxy’s port and sort by time: the issuer for the same server name changes. ' +
    'Compare with the proxy’s log of changes.',
  fix: 'Exempt *.msappproxy.net and *.servicebus.windows.net from TLS inspection in the new policy, then let the client connect anew.',
  refutedIf: 'The later issuer is the destination’s own new one: a connection past the proxy shows it too.',
  alternatives: [],
  needs: [
    {
      says: 'a tunnel with the destination’s own certificate',
      seen: (view) => untouchedTunnels(view).map(({ client }) => client),
    },
    {
      says: 'a tunnel with a substitute that did harm',
      seen: (view) => harmed(view).map(({ tls }) => tls.client),
    },
  ],
  find: (view) => harmed(view).flatMap((one) => match(one, untouchedTunnels(view))),
});
