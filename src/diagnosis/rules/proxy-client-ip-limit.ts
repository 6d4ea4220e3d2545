import { dialsOf, endpoint } from '../../trace/dials.ts';
import type { Dial } from '../../trace/dials.ts';
import { pick, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { failedProxyAttempts, matchOf, needOf, saidBy, wasAsked } from '../proxy-attempts.ts';
import type { ProxyAttempt } from '../proxy-attempts.ts';
import { rule } from '../rule.ts';

/** The proxy ended the connection before it had read a request. */
const turnedAway = (view: View): ProxyAttempt[] =>
  failedProxyAttempts(view).filter(
    (one) =>
      one.connected &&
      !one.answered &&
      !wasAsked(one) &&
      (one.failure === 'tcp.closed' || one.failure === 'tcp.reset') &&
      one.attempt.ofType('tls.failed').length === 0,
  );

/** Connections from the same machine to the same proxy that stood at that time: one counts until the proxy ends it, too. */
function standing(view: View, { attempt }: ProxyAttempt): Dial[] {
  const own = attempt.dials.find(({ conn }) => conn !== null);
  if (!own) return [];
  return dialsOf(view).filter(
    ({ conn, from, to, seq }) =>
      conn !== null &&
      seq < own.seq &&
      to.ip === own.to.ip &&
      to.port === own.to.port &&
      endpoint(from).ip === endpoint(own.from).ip &&
      pick(view.onConnection(conn), 'tcp.fin', 'tcp.rst').every(
        ({ seq, type, data }) => data.conn !== conn || seq > own.seq || (type === 'tcp.fin' && data.dir === 'up'),
      ),
  );
}

export const proxyClientIpLimit = rule({
  id: 'proxy-client-ip-limit',
  title: 'The proxy takes only so many connections from one address',
  severity: 'error',
  summary:
    'New connections to the proxy are closed at once, unread, while older ones of the same machine stand. The connector holds ' +
    'many long tunnels (up to 200 through one proxy); behind address translation several machines share one count.',
  confirm:
    'On the proxy’s port: FIN or RST right after the handshake, before CONNECT is answered; `netstat -an` counts the connections ' +
    'of the machine to the proxy. Squid’s log names client_ip_max_connections.',
  fix: 'Raise the limit for the connector’s address, or take it out of it (Squid: acl maxconn, client_ip_max_connections).',
  refutedIf: 'A machine without any other connection to the proxy is turned away in the same way.',
  alternatives: [
    {
      id: 'proxy-accept-close',
      tellApart: 'The first connection of a machine is closed like the others: the number has nothing to do with it.',
    },
  ],
  needs: [needOf('a connection that the proxy ended before it read a request', turnedAway)],
  find: (view) =>
    turnedAway(view).flatMap((one) => {
      const others = standing(view, one);
      if (others.length === 0) return [];
      const match = matchOf(one, {
        confidence: 'likely',
        why: `While ${others.length} connections of the same machine to ${one.proxy} stood, one more of ${one.client} was closed unread; ${saidBy(one)}.`,
      });
      return [{ ...match, evidence: [...seqs(others.flatMap(({ events }) => events)), ...match.evidence] }];
    }),
});
