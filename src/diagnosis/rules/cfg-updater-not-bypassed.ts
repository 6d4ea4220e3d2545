import { bypassPair } from '../bypass-pairs.ts';
import { bypassElement, proxyFilter, serviceFile, updaterFile, wpadFilter } from '../product-files.ts';
import { rule } from '../rule.ts';

export const cfgUpdaterNotBypassed = rule({
  id: 'cfg-updater-not-bypassed',
  title: 'The connector bypasses the proxies, its updater does not',
  severity: 'error',
  summary:
    'Only the file of the connector service was edited. The updater is a program of its own, with a file of its own and ' +
    'the account SYSTEM: it goes on looking for a proxy and uses what it finds. The connector works, and grows old unseen.',
  confirm: `Filter ${wpadFilter} and ${proxyFilter} while the service “… connector updater” starts: it asks for wpad or sends CONNECT.`,
  fix: `Put ${bypassElement} into ${updaterFile} as well, as it stands in ${serviceFile}, and restart the updater service.`,
  refutedIf: 'The updater’s own file has <defaultProxy enabled="false">, or its traffic goes direct.',
  alternatives: [],
  ...bypassPair(
    'an updater that follows a proxy beside a connector that is told to bypass it',
    'network-service',
    'system',
  ),
});
