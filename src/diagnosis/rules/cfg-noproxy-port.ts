import { unheededIn } from '../no-proxy.ts';
import { rule } from '../rule.ts';

export const cfgNoproxyPort = rule({
  id: 'cfg-noproxy-port',
  title: 'An entry of NO_PROXY with a port is not heeded',
  severity: 'warning',
  summary:
    'Go and Node’s proxy-from-env read foo.com:8443 as that host on that port. curl and .NET compare the whole entry with the host’s name, in which no port can stand, so it never matches.',
  confirm:
    'The proxy’s log has requests for the destination, and the client sends no SYN there itself. Filter `http.request.method` at the proxy’s port, and print the list as the program has it: `printenv | grep -i proxy`.',
  fix: 'List the host without a port; for one port alone there is no spelling that all programs know.',
  refutedIf: 'The URL has another port.',
  alternatives: [],
  ...unheededIn('port', 'this program compares the entry with the bare host'),
});
