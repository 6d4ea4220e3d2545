import { rule } from '../rule.ts';
import { ofObstacle } from '../upstream-failures.ts';

export const policyDestinationIpProhibited = rule({
  id: 'policy-destination-ip-prohibited',
  title: 'The proxy may not connect to the destination’s address',
  severity: 'error',
  summary:
    'The name is allowed, but it resolves to an address that the proxy’s configuration forbids: a range of its own, or one ' +
    'from a reputation list. The answer is 502, not 403.',
  confirm:
    'Filter `http.response.code==502` on the proxy’s port and read Proxy-Status: `error=destination_ip_prohibited`.',
  fix: 'On the proxy take the service’s ranges out of the forbidden addresses; if the address is wrong, correct the DNS the proxy asks.',
  refutedIf: 'The proxy connects to the same address for another name.',
  alternatives: [],
  ...ofObstacle('prohibited', ({ host }) => `the address of ${host} is forbidden there`),
});
