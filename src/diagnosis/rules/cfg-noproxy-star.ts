import { unheededIn } from '../no-proxy.ts';
import { rule } from '../rule.ts';

export const cfgNoproxyStar = rule({
  id: 'cfg-noproxy-star',
  title: 'A star on NO_PROXY is not heeded',
  severity: 'warning',
  summary:
    'Go and Node’s proxy-from-env read *.foo.com as all below foo.com; curl and .NET take it for a name with a star in it, which nobody has. A lone * is everything for curl, Go and Node, for curl only when nothing stands beside it, not even a blank; .NET does not know it.',
  confirm:
    'The proxy’s log has requests for the destination, and the client sends no SYN there itself. Filter `http.request.method` at the proxy’s port, and print the list as the program has it: `printenv | grep -i proxy`.',
  fix: 'Write .foo.com and foo.com in place of *.foo.com. To switch proxies off, unset the variables (curl: --noproxy "*").',
  refutedIf: 'The program takes its exceptions from elsewhere.',
  alternatives: [],
  ...unheededIn('star', 'this program knows no such star'),
});
