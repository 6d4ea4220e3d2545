import { sayDuration } from '../../duration.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import { slowTunnels } from '../slow-tunnels.ts';
import type { SlowTunnel } from '../slow-tunnels.ts';
import { tunnelTlsOf } from '../tunnel-tls.ts';

/** Where the same certificates did pass the same proxy for somebody, size is not the reason. */
const stuck = (view: View): SlowTunnel[] =>
  slowTunnels(view).filter(
    ({ handshake, tls }) =>
      handshake === null &&
      !tunnelTlsOf(view).some(
        ({ client, reply, substituted }) =>
          client.type === 'tls.established' &&
          substituted !== true &&
          reply.proxy === tls.reply.proxy &&
          reply.host === tls.reply.host,
      ),
  );

export const tunnelMtuBlackhole = rule({
  id: 'tunnel-mtu-blackhole',
  title: 'The tunnel opens, and the server’s certificates never arrive',
  severity: 'error',
  summary:
    'CONNECT gets 200 and the ClientHello goes out; then there is silence. The usual reason is that full-size packets are ' +
    'lost and nobody is told (ICMP “fragmentation needed” is dropped): the certificates are the first thing that fills one.',
  confirm:
    'Filter `tcp.analysis.retransmission && tcp.len>1200` on both sides of the proxy: the same full segment again and ' +
    'again. From the server: `ping -f -l 1472 <proxy>` fails where `-l 1200` passes.',
  fix: 'Let ICMP type 3 code 4 pass, or clamp the MSS (or lower the MTU) on the link that has the smaller packets, often a VPN.',
  refutedIf: 'Full-size segments are acknowledged in this direction.',
  alternatives: [
    {
      id: 'tunnel-throttle',
      tellApart: 'Bytes of the handshake do arrive, a few at a time: the capture shows small segments all along.',
    },
    {
      id: 'policy-sni-filter',
      tellApart: 'The ClientHello is never acknowledged by the server, and another name in it passes.',
    },
  ],
  needs: [
    {
      says: 'a handshake in a tunnel that nobody ended and that never came to its end',
      seen: (view) => stuck(view).map(({ finished }) => finished),
    },
  ],
  find: (view) =>
    stuck(view).map(({ tls, finished, waited, explains }) => ({
      about: tls.reply.proxy,
      // The sizes of the packets that are missing are in a capture only.
      confidence: 'possible',
      why:
        `${tls.reply.proxy} opened the tunnel to ${tls.reply.host}:${tls.reply.port}; in ${sayDuration(waited)} no ` +
        'certificate came through it, and neither side closed.',
      evidence: [...tls.evidence, ...seqs(finished)],
      explains,
    })),
});
