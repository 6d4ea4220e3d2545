import { rule } from '../rule.ts';
import { ofObstacle } from '../upstream-failures.ts';

export const policyProxyUpstreamRefused = rule({
  id: 'policy-proxy-upstream-refused',
  title: 'The proxy’s own connection to the destination is refused',
  severity: 'error',
  summary:
    'The proxy accepted the request, but its SYN to the destination was answered with RST: the port is closed there, or a ' +
    'firewall between proxy and destination rejects.',
  confirm:
    'Behind the proxy, filter `tcp.flags.syn==1 || tcp.flags.reset==1` with the destination’s address: SYN, then RST.',
  fix: 'Let the firewall behind the proxy pass this host and port for the proxy’s address, or correct the port.',
  refutedIf: 'From the proxy’s machine a connection to the same host and port is accepted.',
  alternatives: [],
  ...ofObstacle('refused', ({ host, port }) => `its connection to ${host}:${port} was refused`),
});
