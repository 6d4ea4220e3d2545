import type { View } from '../../trace/view.ts';
import { isWeak, rejectedSubstitutes, wholeEvidence } from '../lost-certificates.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import type { TunnelTls } from '../tunnel-tls.ts';

const weak = (view: View): TunnelTls[] =>
  rejectedSubstitutes(view).filter((tls) => isWeak(tls) && tls.substituted === true);

function match(tls: TunnelTls): Match {
  const { reply, client, shown } = tls;
  const evidence = wholeEvidence(tls);
  const detail = client.type === 'tls.failed' ? client.data.detail : '';
  return {
    about: reply.proxy,
    confidence: 'certain',
    why:
      `In the tunnel to ${reply.host}:${reply.port} ${reply.proxy} showed a certificate of ${String(shown?.issuer)}; the client ` +
      `does not take it: ${detail}.`,
    evidence,
    explains: evidence,
  };
}

export const tlsSubstituteWeak = rule({
  id: 'tls-substitute-weak',
  title: 'The inspector’s certificate is too weak',
  severity: 'error',
  summary:
    'The proxy signs its substitutes with SHA-1, or makes them for a short key. The root is trusted, and the client rejects ' +
    'the certificate all the same: browsers do, for private roots too; what other clients do is a matter of their version.',
  confirm:
    'Filter `tls.handshake.type==11` in the tunnel and read signatureAlgorithm and the length of the key. In Chromium: ' +
    'ERR_CERT_INVALID (-207) or ERR_CERT_WEAK_KEY (-211).',
  fix: 'On the proxy set SHA-256 and keys of 2048 bits (or P-256) for substitutes, renew the signing CA if it is SHA-1 itself; or exempt the destination.',
  refutedIf: 'The destination’s own certificate is as weak: a connection past the proxy shows it.',
  alternatives: [],
  needs: [
    { says: 'a substitute certificate that was too weak', seen: (view) => weak(view).map(({ client }) => client) },
  ],
  find: (view) => weak(view).map(match),
});
