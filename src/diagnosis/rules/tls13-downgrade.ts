import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { tunnelTlsOf } from '../tunnel-tls.ts';
import type { TunnelTls } from '../tunnel-tls.ts';

/** OpenSSL's word for it, and BoringSSL's. */
const downgraded = (view: View): TunnelTls[] =>
  tunnelTlsOf(view).filter(
    ({ client }) =>
      client.type === 'tls.failed' &&
      client.data.code === 'tls.protocol' &&
      /inappropriate fallback|tls13.downgrade/i.test(client.data.detail),
  );

function match({ reply, client, evidence }: TunnelTls): Match {
  const after = seqs(reply.owner?.attempt.finished, reply.owner?.request.finished);
  return {
    about: reply.proxy,
    confidence: 'certain',
    why:
      `In the tunnel to ${reply.host}:${reply.port} through ${reply.proxy}, ${client.by} offered TLS 1.3 and got a ServerHello ` +
      `of TLS 1.2 that bears the mark of a server which knows TLS 1.3: somebody between the two took the version down.`,
    evidence: [...evidence, ...after],
    explains: [client.seq, ...after],
  };
}

export const tls13Downgrade = rule({
  id: 'tls13-downgrade',
  title: 'An inspector takes TLS 1.3 down, and the client notices',
  severity: 'error',
  summary:
    'A server that knows TLS 1.3 and answers with TLS 1.2 marks its random bytes. An old inspector passes those bytes on in a ' +
    'handshake of its own, which ends at TLS 1.2; the client sees the mark and takes it for an attack.',
  confirm:
    'Filter `tls.handshake.type==2 && tls.handshake.random` in the tunnel: the random ends with 44 4f 57 4e 47 52 44 01 ' +
    '(DOWNGRD), followed by `tls.alert_message.desc==47`. Chromium says ERR_TLS13_DOWNGRADE_DETECTED (-180).',
  fix: 'Update the inspector, or exempt the destinations from inspection. Turning TLS 1.3 off at the client hides it.',
  refutedIf: 'The destination sends this ServerHello itself: a connection past the proxy shows it.',
  alternatives: [],
  needs: [
    {
      says: 'a handshake that the client ended for a downgrade',
      seen: (view) => downgraded(view).map(({ client }) => client),
    },
  ],
  find: (view) => downgraded(view).map(match),
});
