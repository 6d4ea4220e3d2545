import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';
import { sayStripped, strippedUpgrades } from '../stripped-upgrades.ts';
import type { StrippedUpgrade } from '../stripped-upgrades.ts';

const inside = (view: View): StrippedUpgrade[] => strippedUpgrades(view).filter(({ scheme }) => scheme === 'https');

export const tunnelWebsocketBlocked = rule({
  id: 'tunnel-websocket-blocked',
  title: 'The proxy opens the tunnel, and no WebSocket gets through it',
  severity: 'error',
  summary:
    'CONNECT gets 200 and pages pass, since the proxy reads what is inside and answers for it; a WebSocket needs the answer 101, ' +
    'which never comes. .NET tunnels every WebSocket, ws:// included, so this is where its WebSockets fail.',
  confirm:
    'With the keys of the session, filter `http.upgrade || http.response.code==101` in the tunnel: the request is there and 101 is ' +
    'not. The certificate in the tunnel is that of the inspector.',
  fix: 'Exempt the destination from inspection, or allow WebSockets in the inspector.',
  refutedIf: 'The destination answers the same through a tunnel that nobody opens.',
  alternatives: [],
  needs: [
    {
      says: 'a request for Upgrade inside an inspected tunnel that reached its destination without it',
      seen: (view) => inside(view).map(({ arrived }) => arrived),
    },
  ],
  find: (view) =>
    inside(view).map((stripped) => ({
      about: stripped.reply.proxy,
      confidence: 'certain',
      why: sayStripped(stripped),
      evidence: stripped.evidence,
      explains: seqs(stripped.reply.owner?.attempt.events, stripped.reply.owner?.request.finished),
    })),
});
