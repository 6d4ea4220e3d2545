import { beyond } from '../beyond-list.ts';
import { rule } from '../rule.ts';

export const failoverImplicitDirectNetfx = rule({
  id: 'failover-implicit-direct-netfx',
  title: 'The list is exhausted, and .NET Framework goes on by a way that the script never named',
  severity: 'warning',
  summary:
    'After the last proxy of a script’s list System.Net adds the static proxy of the account or, where there is none, ' +
    'DIRECT. What was meant to stop at the proxies leaves directly, or by a proxy that nobody thought of; behind a ' +
    'firewall that drops it the request takes 21 s longer to fail, and the error names the destination. A proxy of ' +
    'proxyaddress has no such tail.',
  confirm:
    'Filter `tcp.flags.syn==1`: SYNs to each proxy of the list, then to port 443 of the destination itself. The ' +
    'script’s answer (`paclab pac eval`) names no DIRECT.',
  fix:
    'Bring the proxies back. Where nothing may go direct, name one highly available proxy in proxyaddress instead of a ' +
    'script, and let the firewall reject direct connections with RST, so that they fail within two seconds.',
  refutedIf: 'The answer of the script names this entry itself.',
  ...beyond((profile) => profile === 'dotnet-framework'),
});
