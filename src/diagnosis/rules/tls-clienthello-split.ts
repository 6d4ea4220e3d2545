import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { tunnelTlsOf } from '../tunnel-tls.ts';
import type { TunnelTls } from '../tunnel-tls.ts';

/** The tunnel stood, the ClientHello went out, and nothing of a server came back. */
const unanswered = (view: View): TunnelTls[] =>
  tunnelTlsOf(view).filter(
    ({ client, shown, intruder }) =>
      client.type === 'tls.failed' &&
      /^(tcp\.(reset|closed)|http\.timeout)$/.test(client.data.code) &&
      shown === null &&
      !intruder,
  );

const answered = (view: View): TunnelTls[] =>
  tunnelTlsOf(view).filter(({ client }) => client.type === 'tls.established');

function match(view: View, cut: TunnelTls): Match[] {
  const { reply, client } = cut;
  const other = answered(view).find(
    (tls) =>
      tls.reply.response.data.proxy === reply.response.data.proxy &&
      tls.client.by !== client.by &&
      tls.client.data.serverName === client.data.serverName,
  );
  if (!other || client.type !== 'tls.failed') return [];
  const rst = view
    .onConnection(client.data.conn)
    .find(({ type, seq }) => type === 'tcp.rst' && seq > reply.response.seq);
  const { owner } = reply;
  return [
    {
      about: reply.proxy,
      confidence: 'likely',
      why:
        `${reply.proxy} opened a tunnel to ${reply.host}:${reply.port} for both, but ${client.by} got ` +
        `${rst ? 'RST' : client.data.code === 'http.timeout' ? 'silence' : 'FIN'} for its ClientHello, and ${other.client.by} a ServerHello ` +
        `for the same name. What differs is the hello itself: most often its length.`,
      evidence: [...cut.evidence, ...seqs(rst, other.client, owner?.attempt.finished, owner?.request.finished)],
      explains: seqs(client, rst, owner?.attempt.finished, owner?.request.finished),
    },
  ];
}

export const tlsClienthelloSplit = rule({
  id: 'tls-clienthello-split',
  title: 'A ClientHello that takes two segments gets no answer',
  severity: 'error',
  summary:
    'With a post-quantum key share the ClientHello no longer fits into one TCP segment. A device that looks for the name in ' +
    'the first segment only resets the connection or waits for ever. Clients without the key share pass, so it begins with an update.',
  confirm:
    'Filter `tls.handshake.type==1 || tcp.flags.reset==1` in the tunnel: the ClientHello is reassembled from two segments, then ' +
    'nothing of TLS. It passes when the client is held to X25519 (Chromium: PostQuantumKeyAgreementEnabled=false).',
  fix: 'Update the inspector; until then exempt the destinations, or turn the post-quantum key share off at the clients.',
  refutedIf: 'Both clients send a ClientHello of the same length, or the longer one passes at other times.',
  alternatives: [
    {
      id: 'policy-sni-filter',
      tellApart: 'The client’s ClientHello for any other name is answered: the name, or who asks, is what is refused.',
    },
  ],
  needs: [
    {
      says: 'a handshake in a tunnel that ended before any certificate',
      seen: (view) => unanswered(view).map(({ client }) => client),
    },
    {
      says: 'another client’s handshake in a tunnel that was completed',
      seen: (view) => answered(view).map(({ client }) => client),
    },
  ],
  find: (view) => unanswered(view).flatMap((cut) => match(view, cut)),
});
