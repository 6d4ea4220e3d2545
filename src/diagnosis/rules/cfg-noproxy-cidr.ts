import { unheededIn } from '../no-proxy.ts';
import { rule } from '../rule.ts';

export const cfgNoproxyCidr = rule({
  id: 'cfg-noproxy-cidr',
  title: 'A block of addresses on NO_PROXY is not heeded',
  severity: 'warning',
  summary:
    '10.0.0.0/8 is a block for Go, and for curl since 7.86, when the URL has an address in it. .NET and Node’s proxy-from-env compare texts and never find it; and a name whose address is in the block goes to the proxy with all of them, since nobody resolves names to choose a proxy.',
  confirm:
    'The proxy’s log has requests for the destination, and the client sends no SYN there itself. Filter `http.request.method` at the proxy’s port, and print the list as the program has it: `printenv | grep -i proxy`.',
  fix: 'List names (corp.example,.corp.example) or single addresses; a block only for programs that know it.',
  refutedIf: 'The address is not in the block.',
  alternatives: [],
  ...unheededIn('block', 'this program compares texts, not addresses'),
});
