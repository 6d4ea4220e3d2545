import type { TraceEvent } from '../../trace/events.ts';
import { ownersOf } from '../../trace/requests.ts';
import { pick, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

type Refused = TraceEvent<'tls.failed'>;

/** A server judged the client's certificate, and found it out of its dates. */
const outdated = (view: View): Refused[] =>
  view.ofType('tls.failed').filter(({ data }) => data.role === 'server' && data.code === 'tls.expired' && data.peer);

function match(view: View, refused: Refused): Match {
  const { peer, conn, serverName } = refused.data;
  const owner = ownersOf(view).get(refused.seq);
  const client = pick(owner?.attempt.events ?? view.onConnection(conn), 'tls.established', 'tls.failed').find(
    ({ data }) => data.role === 'client',
  );
  const after = seqs(owner?.attempt.finished, owner?.request.finished);
  return {
    about: String(peer?.subject),
    confidence: 'certain',
    why:
      `${client?.by ?? 'The client'} showed ${serverName ?? 'the service'} the certificate ${String(peer?.subject)}, which was valid ` +
      `from ${String(peer?.notBefore)} to ${String(peer?.notAfter)}; it was found out of its dates and the handshake ended.`,
    evidence: [...seqs(client, refused), ...after],
    explains: after,
  };
}

export const tlsClientCertExpired = rule({
  id: 'tls-client-cert-expired',
  title: 'The connector’s own certificate has ended',
  severity: 'error',
  summary:
    'A connector renews its certificate while it runs. One that was off for months comes back with a certificate that has ' +
    'ended, and the service does not let it in (“failed to download the configuration”; event 1000, the trust certificate has expired).',
  confirm:
    'Filter `tls.alert_message.desc==45`, and read the dates of the client’s Certificate message (TLS 1.3 hides it): on the ' +
    'machine, `certutil -store My` shows the certificate.',
  fix: 'Register the connector anew (uninstall, install, sign in); first correct the clock of the machine, if it is wrong.',
  refutedIf: 'The certificate in the machine’s store is valid today, by the clock of the service.',
  alternatives: [],
  needs: [{ says: 'a client certificate that a server found out of its dates', seen: outdated }],
  find: (view) => outdated(view).map((refused) => match(view, refused)),
});
