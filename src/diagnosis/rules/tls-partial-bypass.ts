import { inspectedTunnels, lostCertificatesOf, untouchedTunnels } from '../lost-certificates.ts';
import type { LostCertificate } from '../lost-certificates.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import type { TunnelTls } from '../tunnel-tls.ts';

/** The hosts that the same proxy leaves alone; none when it left this host alone before. */
function exemptBeside({ tls: { reply } }: LostCertificate, untouched: readonly TunnelTls[]): TunnelTls[] {
  const alike = untouched.filter((other) => other.reply.response.data.proxy === reply.response.data.proxy);
  return alike.some((other) => other.reply.host === reply.host) ? [] : alike;
}

function match(lost: LostCertificate, untouched: readonly TunnelTls[]): Match[] {
  const exempt = exemptBeside(lost, untouched);
  if (exempt.length === 0) return [];
  const { reply, shown } = lost.tls;
  const hosts = [...new Set(exempt.map((other) => other.reply.host))];
  return [
    {
      about: reply.proxy,
      confidence: 'certain',
      why:
        `${reply.proxy} leaves TLS to ${hosts.join(', ')} alone, but ends it for ${reply.host}: there the client saw the ` +
        `issuer ${String(shown?.issuer)}, no client certificate arrived, and the answer was ${lost.refused.data.status}.`,
      fix: `On ${reply.proxy} add ${reply.host} to the hosts that are exempt from TLS inspection; best *.msappproxy.net and *.servicebus.windows.net as a whole.`,
      evidence: [...lost.evidence, ...exempt.flatMap(({ evidence }) => evidence)],
      explains: lost.evidence,
    },
  ];
}

export const tlsPartialBypass = rule({
  id: 'tls-partial-bypass',
  title: 'Only some of the service’s hosts are exempt from TLS inspection',
  severity: 'error',
  summary:
    'Somebody knew that inspection breaks the connector and exempted the hosts of the registration, which need no client ' +
    'certificate. Registration works; the hosts of the daily work are still inspected, and the service sees a stranger there.',
  confirm:
    'Filter `tls.handshake.type==11` on the proxy’s port (Message Analyzer: `TLS and tcp.port==8080`): the tunnels show two issuers, the service’s own for the exempt ' +
    'hosts and the inspector’s for the others.',
  fix: 'Exempt *.msappproxy.net and *.servicebus.windows.net from TLS inspection on the proxy, not the sign-in hosts only.',
  refutedIf: 'All tunnels through this proxy show the destinations’ own issuers.',
  alternatives: [],
  needs: [
    {
      says: 'a substituted certificate in a tunnel',
      seen: (view) => inspectedTunnels(view).map(({ client }) => client),
    },
    {
      says: 'a tunnel to another host with the destination’s own certificate',
      seen: (view) => untouchedTunnels(view).map(({ client }) => client),
    },
  ],
  find: (view) => lostCertificatesOf(view).flatMap((lost) => match(lost, untouchedTunnels(view))),
});
