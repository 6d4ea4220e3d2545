import type { View } from '../../trace/view.ts';
import { explainedBy, originTlsFailuresOf } from '../origin-tls.ts';
import type { OriginTlsFailure } from '../origin-tls.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

/** TLS 1.3 has an alert for it; before, only the destination knows more than handshake_failure. */
const isForWant = ({ alert, destination }: OriginTlsFailure): boolean =>
  alert === 'certificate_required' ||
  (destination?.data.code === 'tls.untrusted' && destination.data.peer === null && alert !== null);

const wanted = (view: View): OriginTlsFailure[] => originTlsFailuresOf(view).filter(isForWant);

const match = (failure: OriginTlsFailure): Match => ({
  about: failure.reply.proxy,
  confidence: 'certain',
  why:
    `${failure.reply.host} asked ${failure.reply.proxy} for a client certificate in the handshake that the proxy made in the ` +
    `client’s place, and ended it with the alert ${String(failure.alert)}; the client got ${failure.reply.status} from the proxy.`,
  evidence: failure.evidence,
  explains: explainedBy(failure),
});

export const tlsClientCertRequiredAlert = rule({
  id: 'tls-client-cert-required-alert',
  title: 'The destination demands a client certificate of the inspector, which has none',
  severity: 'error',
  summary:
    'The proxy ends the client’s TLS and dials the destination itself. The destination takes nobody without a client ' +
    'certificate, the key of which only the client has, and ends the proxy’s handshake; the client sees an error page of the proxy.',
  confirm:
    'In a capture behind the proxy filter `tls.alert_message.desc==116 || tls.alert_message.desc==40` ' +
    '(certificate_required, handshake_failure), and `tls.handshake.type==13` before it. The proxy’s log names the alert.',
  fix: 'Exempt the destination from TLS inspection on the proxy; for the connector *.msappproxy.net and *.servicebus.windows.net.',
  refutedIf:
    'The destination ends the client’s own handshake in the same way, past the proxy: then the client has no certificate that counts.',
  alternatives: [
    {
      id: 'tls-cipher-mismatch',
      tellApart: 'The alert is handshake_failure, and the destination’s log names ciphers instead of a certificate.',
    },
  ],
  needs: [
    {
      says: 'a handshake of the proxy that the destination ended for want of a client certificate',
      seen: (view) => wanted(view).map(({ logged }) => logged),
    },
  ],
  find: (view) => wanted(view).map(match),
});
