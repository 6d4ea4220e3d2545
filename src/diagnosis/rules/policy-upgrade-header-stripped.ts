import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import { sayStripped, strippedUpgrades } from '../stripped-upgrades.ts';
import type { StrippedUpgrade } from '../stripped-upgrades.ts';

const plain = (view: View): StrippedUpgrade[] => strippedUpgrades(view).filter(({ scheme }) => scheme === 'http');

export const policyUpgradeHeaderStripped = rule({
  id: 'policy-upgrade-header-stripped',
  title: 'The proxy does not pass Upgrade on',
  severity: 'error',
  summary:
    'Upgrade is a field for one hop, and a proxy may leave it out (RFC 9110 section 7.8). Squid and tinyproxy do so unless told ' +
    'otherwise. A WebSocket over plain http that is asked for in absolute form then never opens.',
  confirm:
    'Filter `http.upgrade` on both sides of the proxy: the field is there before it and gone behind it, and the answer is 200, ' +
    '400 or 426 in place of 101.',
  fix: 'Use wss://, or have the client tunnel ws:// too; or let the proxy pass it on (in Squid `http_upgrade_request_protocols websocket allow all`).',
  refutedIf: 'The destination answers the same when it is asked without the proxy.',
  alternatives: [],
  needs: [
    {
      says: 'a request for Upgrade in absolute form that reached its destination without it',
      seen: (view) => plain(view).map(({ arrived }) => arrived),
    },
  ],
  find: (view) =>
    plain(view).map((stripped) => ({
      about: stripped.reply.proxy,
      confidence: 'certain',
      why: sayStripped(stripped),
      evidence: stripped.evidence,
      explains: seqs(stripped.reply.owner?.attempt.events, stripped.reply.owner?.request.finished),
    })),
});
