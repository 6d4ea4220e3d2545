import type { View } from '../../trace/view.ts';
import { explainedBy, originTlsFailuresOf } from '../origin-tls.ts';
import type { OriginTlsFailure } from '../origin-tls.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

const complaints: Readonly<Record<string, string>> = {
  'tls.untrusted': 'does not trust its issuer',
  'tls.weak': 'finds its key or signature too weak',
  'tls.name': 'does not find the host’s name in it',
  'tls.expired': 'finds it out of its dates',
};

const unaccepted = (view: View): OriginTlsFailure[] =>
  originTlsFailuresOf(view).filter(({ logged }) => logged.data.failure in complaints);

function match(failure: OriginTlsFailure): Match {
  const { reply, logged, proxy } = failure;
  const peer = proxy?.data.peer;
  return {
    about: `${reply.host} at ${reply.proxy}`,
    confidence: 'certain',
    why:
      `${reply.host} showed ${reply.proxy} a certificate${peer ? ` of ${peer.issuer}, valid to ${peer.notAfter}` : ''}, and the ` +
      `proxy ${String(complaints[logged.data.failure])} (${logged.data.detail}); the client got ${reply.status} in its place.`,
    evidence: failure.evidence,
    explains: explainedBy(failure),
  };
}

export const tlsOriginCertBadBehindInspector = rule({
  id: 'tls-origin-cert-bad-behind-inspector',
  title: 'The inspector does not accept the destination’s certificate',
  severity: 'error',
  summary:
    'The client’s TLS ends at the proxy and is fine; the proxy’s own handshake with the destination fails on the ' +
    'destination’s certificate. The client sees a page of the proxy, and never the certificate that is wrong. Other ' +
    'inspectors pass such a host on with a substitute that nobody trusts.',
  confirm:
    'Open the destination past the proxy and read its certificate; in a capture behind the proxy filter ' +
    '`tls.handshake.type==11 || tls.alert_message`.',
  fix: 'Renew or correct the destination’s certificate (its chain, names and dates). If it is right, put its root into the store of the proxy.',
  refutedIf:
    'A client past the proxy accepts the destination’s certificate, and the proxy’s store and clock are right.',
  alternatives: [],
  needs: [
    {
      says: 'a certificate of a destination that the proxy did not accept',
      seen: (view) => unaccepted(view).map(({ logged }) => logged),
    },
  ],
  find: (view) => unaccepted(view).map(match),
});
