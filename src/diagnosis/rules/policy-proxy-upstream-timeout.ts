import { rule } from '../rule.ts';
import { ofObstacle } from '../upstream-failures.ts';

export const policyProxyUpstreamTimeout = rule({
  id: 'policy-proxy-upstream-timeout',
  title: 'The proxy’s own connection to the destination gets no answer',
  severity: 'error',
  summary:
    'The proxy accepted the request and sent SYNs that nobody answers; after its limit (one minute in Squid) it says 504. ' +
    'A client that waits less reports a timeout of its own instead.',
  confirm: 'Behind the proxy, filter `tcp.analysis.retransmission && tcp.flags.syn==1` with the destination’s address.',
  fix: 'Let the firewall behind the proxy pass this host and port for the proxy’s address.',
  refutedIf: 'From the proxy’s machine a connection to the same host and port is accepted.',
  alternatives: [],
  ...ofObstacle('silent', ({ host, port }) => `nothing at ${host}:${port} answered it`),
});
