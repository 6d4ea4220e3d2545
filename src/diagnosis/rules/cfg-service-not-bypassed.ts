import { bypassPair } from '../bypass-pairs.ts';
import { bypassElement, proxyFilter, serviceFile, updaterFile, wpadFilter } from '../product-files.ts';
import { rule } from '../rule.ts';

export const cfgServiceNotBypassed = rule({
  id: 'cfg-service-not-bypassed',
  title: 'The updater bypasses the proxies, the connector service does not',
  severity: 'error',
  summary:
    'Only the updater’s file was edited. The connector service has a file of its own and the account NETWORK SERVICE: it ' +
    'goes on looking for a proxy and uses what it finds.',
  confirm: `Filter ${wpadFilter} and ${proxyFilter} while the connector service starts: it asks for wpad or sends CONNECT.`,
  fix: `Put ${bypassElement} into ${serviceFile} as well, as it stands in ${updaterFile}, and restart the connector service.`,
  refutedIf: 'The connector’s own file has <defaultProxy enabled="false">, or its traffic goes direct.',
  alternatives: [],
  ...bypassPair(
    'a connector that follows a proxy beside an updater that is told to bypass it',
    'system',
    'network-service',
  ),
});
