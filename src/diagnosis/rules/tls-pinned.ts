import type { View } from '../../trace/view.ts';
import { inspectedTunnels, isUnknownIssuer, rejectedSubstitutes, wholeEvidence } from '../lost-certificates.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import type { TunnelTls } from '../tunnel-tls.ts';

const rejected = (view: View): TunnelTls[] => rejectedSubstitutes(view).filter(isUnknownIssuer);

function match(view: View, tls: TunnelTls): Match[] {
  const { reply, client, shown } = tls;
  const accepted = inspectedTunnels(view).find(
    (other) =>
      other.client.by === client.by && other.shown?.issuer === shown?.issuer && other.reply.host !== reply.host,
  );
  if (!accepted) return [];
  const evidence = wholeEvidence(tls);
  return [
    {
      about: `${reply.host} at ${reply.proxy}`,
      confidence: 'likely',
      why:
        `${client.by} accepts certificates of ${String(shown?.issuer)} (for ${accepted.reply.host}), but not for ${reply.host}: ` +
        `there it expects another authority or key.`,
      evidence: [...evidence, ...accepted.evidence],
      explains: evidence,
    },
  ];
}

export const tlsPinned = rule({
  id: 'tls-pinned',
  title: 'The client expects a certain key of this host, and the inspector shows another',
  severity: 'error',
  summary:
    'The inspector’s root is trusted: other hosts open with its substitutes. For this host the program compares the chain ' +
    'with a key or an authority of its own (pinning), so no root in any store helps.',
  confirm:
    'There is no standard sign: unknown_ca, close_notify after the handshake, or a bare RST. Filter ' +
    '`tls.handshake.type==11 || tls.alert_message || tcp.flags.reset==1` and compare the tunnels of one client.',
  fix: 'Exempt the host from TLS inspection on the proxy.',
  refutedIf:
    'The same program rejects the inspector’s certificates for every host, or was started before the root was installed.',
  alternatives: [],
  needs: [
    { says: 'an untrusted certificate in a tunnel', seen: (view) => rejected(view).map(({ client }) => client) },
    {
      says: 'a substitute certificate that a client accepted',
      seen: (view) => inspectedTunnels(view).map(({ client }) => client),
    },
  ],
  find: (view) => rejected(view).flatMap((tls) => match(view, tls)),
});
