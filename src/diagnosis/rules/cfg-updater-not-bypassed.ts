import { notBypassed } from '../bypass-pairs.ts';
import { forgottenFile } from '../forgotten-files.ts';
import { bypassElement, proxyElement, proxyFilter, serviceFile, updaterFile, wpadFilter } from '../product-files.ts';
import { bySetting, counting, countingAs, needing } from '../programs.ts';
import { rule } from '../rule.ts';

export const cfgUpdaterNotBypassed = rule({
  id: 'cfg-updater-not-bypassed',
  title: 'Only the connector’s own file was edited, its updater’s was not',
  severity: 'error',
  summary:
    'The updater is a program of its own, with a file of its own and the account SYSTEM. Where only the file of the connector ' +
    'service was edited, the connector bypasses the proxies or goes by the one it was given, and the updater goes on looking ' +
    'for one by itself: it uses what it finds, or goes directly. The connector works, and grows old unseen.',
  confirm: `Filter ${wpadFilter}, ${proxyFilter} and \`tcp.flags.syn==1 && tcp.port==443\` while the service “… connector updater” starts: it asks for wpad, sends CONNECT where the connector does not, or dials the service itself where the connector sends CONNECT.`,
  fix:
    `Put ${bypassElement}, or <defaultProxy>${proxyElement}</defaultProxy> with your proxy, into ${updaterFile} as well, as it ` +
    `stands in ${serviceFile}, and restart the updater service.`,
  refutedIf:
    'The updater’s own file has the same <defaultProxy> as the connector’s, or the updater reaches the service.',
  alternatives: [],
  ...bySetting(
    'an updater that goes another way than the connector, whose own file says where to go',
    needing('a program with <defaultProxy enabled="false"> or a proxyaddress', (program) => [
      ...countingAs(program, 'defaultProxy.enabled', 'false'),
      ...counting(program, 'proxy.proxyaddress'),
    ]),
    (program, view) => [...notBypassed('network-service', 'system')(program, view), ...forgottenFile(program, view)],
  ),
});
