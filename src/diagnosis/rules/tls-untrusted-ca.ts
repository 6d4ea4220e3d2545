import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { isUnknownIssuer, rejectedSubstitutes } from '../lost-certificates.ts';
import { rule } from '../rule.ts';
import type { TunnelTls } from '../tunnel-tls.ts';

/** The client did not trust what it was shown, and it was not shown the destination's own certificate. */
const rejected = (view: View): TunnelTls[] => rejectedSubstitutes(view).filter(isUnknownIssuer);

const userStore = {
  id: 'tls-ca-user-store-only',
  tellApart: 'The root is installed, but for one user: the administrator’s browser opens the same page.',
};
const intermediate = {
  id: 'tls-missing-intermediate',
  tellApart:
    'The root is known to the machine, but the chain holds one certificate only, without the intermediate that issued it.',
};
const rollover = {
  id: 'tls-azure-ca-rollover',
  tellApart: 'The issuer is the service’s own new CA: compare with a direct connection.',
};

const own = {
  id: 'tls-origin-cert-bad-behind-inspector',
  tellApart:
    'It is self-signed: inspectors sign with a CA. A connection past the proxy shows the same one; then the destination’s own certificate is what is wrong.',
};

export const tlsUntrustedCa = rule({
  id: 'tls-untrusted-ca',
  title: 'TLS is inspected with a CA that the client does not trust',
  severity: 'error',
  summary:
    'The tunnel stands (CONNECT 200), but in it somebody shows a certificate of its own in place of the service’s, ' +
    'and its root is not in the store that this client reads.',
  confirm:
    'Filter `tls.handshake.type==11 || tls.alert_message.desc==48` after the CONNECT: the issuer of the certificate ' +
    'is not the service’s own CA, and the client answers with unknown_ca or FIN.',
  fix:
    'Exempt *.msappproxy.net and *.servicebus.windows.net from TLS inspection on the proxy. Installing the ' +
    'inspector’s root in the machine store would cure this error only: the client certificate is lost all the same.',
  refutedIf: 'The issuer shown in the tunnel is the same as the service shows on a connection without the proxy.',
  alternatives: [userStore, intermediate, rollover, own],
  needs: [{ says: 'an untrusted certificate in a tunnel', seen: (view) => rejected(view).map(({ client }) => client) }],
  find: (view) => rejected(view).map(match),
});

const match = ({ reply, client, shown, real, evidence, substituted, intruder }: TunnelTls) =>
  ({
    about: reply.proxy,
    confidence: substituted === true ? 'certain' : 'possible',
    why:
      `In the tunnel to ${reply.host}:${reply.port} through ${reply.proxy} the client was shown a certificate ` +
      `issued by ${shown?.issuer ?? 'an unknown CA'}, which it does not trust` +
      (real
        ? `; the destination’s own is issued by ${real.certificate.issuer}.`
        : intruder
          ? '; it is the proxy’s.'
          : '.'),
    evidence: [...evidence, ...seqs(reply.owner?.attempt.finished, reply.owner?.request.finished)],
    explains: seqs(client, reply.owner?.attempt.finished, reply.owner?.request.finished),
    alternatives:
      substituted === true
        ? [userStore, intermediate]
        : shown && shown.issuer === shown.subject
          ? [own]
          : [intermediate, rollover],
  }) as const;
