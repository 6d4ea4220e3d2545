import { detour } from '../candidates.ts';
import { rule } from '../rule.ts';

export const failoverProxyDns = rule({
  id: 'failover-proxy-dns',
  title: 'The name of the first proxy does not resolve',
  severity: 'warning',
  summary:
    'The proxy script names a host that DNS does not know. Clients with a list count that as a failed connection and ' +
    'take the next entry; when there is none, .NET Framework says "The proxy name could not be resolved".',
  confirm:
    'Filter `dns.flags.rcode!=0`: the name of the proxy is asked for and answered with NXDOMAIN. From the client: ' +
    '`Resolve-DnsName <proxy>` with the suffixes and the resolver that it has.',
  fix:
    'Publish the name in the zone that the clients ask, or write it in the script as it is registered: with its full ' +
    'domain, since suffixes differ between machines.',
  refutedIf: 'The same name resolves on the same machine, by the same resolver.',
  alternatives: [],
  ...detour(/^dns\./, 'a proxy whose name did not resolve', ({ failure }) =>
    failure === 'dns.nxdomain' ? 'does not exist in DNS' : 'could not be resolved',
  ),
});
