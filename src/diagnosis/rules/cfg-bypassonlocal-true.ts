import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { seqs } from '../../trace/view.ts';
import { howItFailed } from '../fail-open.ts';
import { isException } from '../exceptions.ts';
import { serviceFile } from '../product-files.ts';
import { bySetting, counting, countingAs, isFramework, isShutOut, nameOf, needing, placeOf } from '../programs.ts';
import type { Program } from '../programs.ts';
import { rule } from '../rule.ts';

/** A name with a dot that no list excepts: what is left is the domain rule. */
const isSameDomain = (program: Program, { target, routes }: Request): boolean =>
  routes?.data.routes.length === 1 &&
  routes.data.routes[0] === 'DIRECT' &&
  /[a-z]/i.test(target.host) &&
  target.host.includes('.') &&
  !isException(program, target);

export const cfgBypassonlocalTrue = rule({
  id: 'cfg-bypassonlocal-true',
  title: 'bypassonlocal="True" sends names of the machine’s own domain past the proxy',
  severity: 'error',
  summary:
    'Local, for .NET Framework, is not only a name without a dot: every host directly in the machine’s own DNS domain counts, ' +
    'and so do the machine’s own addresses (source). Browsers and WinINET (`<local>`) stop at the dot, so they reach through ' +
    'the proxy what the service asks for directly.',
  confirm:
    'Filter `tcp.analysis.retransmission && tcp.flags.syn==1` (Message Analyzer: `property.TCPSynRetransmit`): SYNs to the host ' +
    'itself, while a host one level deeper, or a browser, goes to the proxy’s port. `ipconfig /all` shows the primary DNS suffix.',
  fix: `Where these hosts are to be reached through the proxy, set bypassonlocal="False" in ${serviceFile} and list what has to go direct in <bypasslist>; else let the firewall pass the direct connection. Restart the service.`,
  refutedIf: 'The host is not in the machine’s primary DNS domain, or a direct connection to it stands.',
  alternatives: [],
  ...bySetting(
    'bypassonlocal="True" with a proxy, and a host with a dot that was asked directly in vain',
    needing('bypassonlocal="True"', (program) => countingAs(program, 'proxy.bypassonlocal', 'true')),
    (program, view) => {
      const local = countingAs(program, 'proxy.bypassonlocal', 'true');
      const address = counting(program, 'proxy.proxyaddress');
      const [setting] = local;
      if (!setting || address.length === 0 || !isFramework(program)) return [];
      const shut = program.requests.filter((request) => isShutOut(request) && isSameDomain(program, request));
      return shut.map((request) => {
        const { host, port } = request.target;
        const other = requestsOf(view).find(
          ({ ok, target, attempts }) => ok && target.host === host && attempts.at(-1)?.proxy != null,
        );
        const domain = host.slice(host.indexOf('.') + 1);
        return {
          settings: [...address, ...local],
          requests: [request],
          about: domain,
          also: seqs(other?.routes, other?.finished),
          why:
            `${placeOf(setting)} says bypassonlocal="True": ${nameOf(program)} takes ${host} for local, as a name of ${domain}, and ` +
            `the direct connection to port ${port} ${howItFailed(request.attempts[0]?.failure ?? null)}` +
            `${other ? `; ${other.client} reaches it by ${other.attempts.at(-1)?.route ?? ''}` : ''}.`,
          match: { confidence: other ? 'certain' : 'likely' },
        };
      });
    },
  ),
});
