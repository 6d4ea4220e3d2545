import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { perhapsItsOwn, rejectedSubstitutes, wholeEvidence } from '../lost-certificates.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import type { TunnelTls } from '../tunnel-tls.ts';

const misnamed = (view: View): TunnelTls[] =>
  rejectedSubstitutes(view).filter(({ client }) => client.type === 'tls.failed' && client.data.code === 'tls.name');

const blockPage = {
  id: 'policy-fake-200-then-block',
  tellApart:
    'The certificate is that of a page which says that the destination is blocked: the proxy’s log says denied.',
};

function match(tls: TunnelTls): Match {
  const { reply, client, shown, substituted } = tls;
  const names = shown?.names.join(', ') ?? '';
  return {
    about: reply.proxy,
    // Without sight of the destination's own certificate nobody can say whose this one is.
    confidence: substituted === true ? 'certain' : 'possible',
    why:
      `In the tunnel to ${reply.host}:${reply.port} ${reply.proxy} showed a certificate of ${String(shown?.issuer)} ` +
      `${names === '' ? 'without any name in its SAN' : `for ${names}`}; the client asked for ${reply.host}.`,
    alternatives: [blockPage, ...(substituted === true ? [] : [perhapsItsOwn])],
    evidence: wholeEvidence(tls),
    explains: seqs(client, reply.owner?.attempt.finished, reply.owner?.request.finished),
  };
}

export const tlsSubstituteName = rule({
  id: 'tls-substitute-name',
  title: 'The inspector’s certificate is for another name',
  severity: 'error',
  summary:
    'The proxy made its substitute for something else than the client asked for: for an address, for the target of CONNECT ' +
    'instead of the name in the ClientHello, or with the name in the subject only. The root is trusted, the name is not found.',
  confirm:
    'Filter `tls.handshake.type==11` in the tunnel and read subjectAltName; compare with ' +
    '`tls.handshake.extensions_server_name` of the ClientHello before it.',
  fix: 'On the proxy, make substitutes for the name in the ClientHello and with a SAN; or exempt the destination from inspection.',
  refutedIf: 'The destination’s own certificate lacks the name too: a connection past the proxy shows it.',
  alternatives: [blockPage, perhapsItsOwn],
  needs: [
    {
      says: 'a substitute certificate without the name of the destination',
      seen: (view) => misnamed(view).map(({ client }) => client),
    },
  ],
  find: (view) => misnamed(view).map(match),
});
