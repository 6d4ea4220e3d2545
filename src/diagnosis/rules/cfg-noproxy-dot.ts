import { unheededIn } from '../no-proxy.ts';
import { rule } from '../rule.ts';

export const cfgNoproxyDot = rule({
  id: 'cfg-noproxy-dot',
  title: 'A dot before a name on NO_PROXY, or none, means other hosts than it seems',
  severity: 'warning',
  summary:
    'With a dot before it (.foo.com) an entry is the domain and all below for curl and .NET, only what is below for Go and Node’s proxy-from-env. Without one (foo.com) it is the host and all below for curl and Go, that host alone for .NET and Node.',
  confirm:
    'The proxy’s log has requests for the destination, and the client sends no SYN there itself. Filter `http.request.method` at the proxy’s port, and print the list as the program has it: `printenv | grep -i proxy`.',
  fix: 'List both forms, foo.com and .foo.com: each of these programs finds one that it reads so.',
  refutedIf: 'The program takes its exceptions from elsewhere, or the host is not in the domain.',
  alternatives: [],
  ...unheededIn('dot', 'this program does not read the entry so'),
});
