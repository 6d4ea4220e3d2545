import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';
import { tunnelTlsOf } from '../tunnel-tls.ts';
import type { TunnelTls } from '../tunnel-tls.ts';

/** The tunnel stood, the ClientHello went out, and nothing of a server came back. */
const cutOff = (view: View): TunnelTls[] =>
  tunnelTlsOf(view).filter(
    ({ client, shown, intruder }) =>
      client.type === 'tls.failed' && /^tcp\.(reset|closed)$/.test(client.data.code) && shown === null && !intruder,
  );

const passed = (view: View): TunnelTls[] => tunnelTlsOf(view).filter(({ client }) => client.type === 'tls.established');

function match(view: View, cut: TunnelTls): Match[] {
  const { proxy } = cut.reply.response.data;
  const name = cut.client.data.serverName;
  const isSameProxy = ({ reply }: TunnelTls): boolean => reply.response.data.proxy === proxy;
  const alike = passed(view).filter((tls) => isSameProxy(tls) && tls.client.by === cut.client.by);
  const [other] = alike;
  if (name === null || alike.some(({ client }) => client.data.serverName === name)) return [];
  const { host, port, owner } = cut.reply;
  const rst = view
    .onConnection(cut.client.data.conn)
    .find(({ type, seq }) => type === 'tcp.rst' && seq > cut.reply.response.seq);
  // Of names alone nothing tells where no name passed; only the proxy's own side resets at once.
  if (!other && (rst?.by !== cut.reply.response.by || passed(view).some(isSameProxy))) return [];
  const beside = other
    ? `; the same client’s ClientHello for ${String(other.client.data.serverName)} was answered.`
    : '. No ClientHello by this proxy was answered, so nothing tells whether it is the name.';
  return [
    {
      about: `${name} at ${cut.reply.proxy}`,
      confidence: other ? 'likely' : 'possible',
      why:
        `${cut.reply.proxy} opened the tunnel to ${host}:${port} (${cut.reply.status}), and it was ${rst ? 'reset' : 'closed'} at the ` +
        `ClientHello for ${name}, before any certificate${beside}`,
      evidence: [...cut.evidence, ...seqs(rst, other?.client, owner?.attempt.finished, owner?.request.finished)],
      explains: seqs(owner?.attempt.events, owner?.request.finished),
    },
  ];
}

export const policySniFilter = rule({
  id: 'policy-sni-filter',
  title: 'The tunnel opens, and the name in the ClientHello is refused',
  severity: 'error',
  summary:
    'CONNECT gets 200, so the log of the proxy looks fine; then something that reads the name in the ClientHello (SNI) cuts ' +
    'the connection. It may be the proxy, or a firewall behind it.',
  confirm:
    'Filter `tls.handshake.extensions_server_name || tcp.flags.reset==1` on the proxy’s port: after CONNECT 200 a ClientHello, then ' +
    'RST, no ServerHello. The same with another name in the hello (`openssl s_client -proxy … -servername …`) passes.',
  fix: 'Allow *.msappproxy.net and *.servicebus.windows.net in the filter for TLS names (SNI, “application control”) of the proxy and of the firewall behind it.',
  refutedIf: 'The destination itself resets this hello: a capture behind the proxy shows the RST coming from there.',
  alternatives: [
    {
      id: 'tls-clienthello-split',
      tellApart:
        'Names do not matter: a shorter ClientHello for the same name passes (without the post-quantum key share).',
    },
  ],
  needs: [
    {
      says: 'a handshake in a tunnel that ended before any certificate',
      seen: (view) => cutOff(view).map(({ client }) => client),
    },
  ],
  find: (view) => cutOff(view).flatMap((cut) => match(view, cut)),
});
