import { sayDuration } from '../../duration.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import { slowTunnels } from '../slow-tunnels.ts';
import type { SlowTunnel } from '../slow-tunnels.ts';

/** A handshake is a few kilobytes and two or three ways there and back: milliseconds on any usual line. */
const noticeable = 2000;

const slow = (view: View): SlowTunnel[] =>
  slowTunnels(view).filter(({ handshake }) => handshake !== null && handshake >= noticeable);

export const tunnelThrottle = rule({
  id: 'tunnel-throttle',
  title: 'The tunnel is so slow that the client gives up',
  severity: 'warning',
  summary:
    'Everything arrives, but late: the handshake alone took seconds, and the answer more than the client’s limit. No ' +
    'reset, no status: only timeouts, and only for what is large.',
  confirm:
    'Statistics → TCP Stream Graphs → Throughput for one stream at the proxy: a flat line. `curl -x <proxy> -w ' +
    '"%{speed_download} %{time_appconnect}" …` gives the rate and the time of the handshake.',
  fix: 'Take the connector’s traffic out of the proxy’s or the line’s bandwidth limits, or raise them.',
  refutedIf: 'Another large download by the same proxy is fast: then the destination is slow.',
  alternatives: [],
  needs: [
    {
      says: `a handshake in a tunnel that took ${sayDuration(noticeable)} or more, and a timeout behind it`,
      seen: (view) => slow(view).map(({ finished }) => finished),
    },
  ],
  find: (view) =>
    slow(view).map(({ tls, finished, handshake, waited, explains }) => ({
      about: tls.reply.proxy,
      confidence: 'likely',
      why:
        `In the tunnel to ${tls.reply.host} at ${tls.reply.proxy} the handshake took ${sayDuration(handshake ?? 0)}; after ` +
        `${sayDuration(waited)} the client gave up, and nobody had closed.`,
      evidence: [...tls.evidence, ...seqs(finished)],
      explains,
    })),
});
