import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { exceptionsOf, fixedProxyOf, isLoopback, names } from '../bypass-lists.ts';
import { rule } from '../rule.ts';

/** Past a fixed proxy, and no entry of a list says so. */
const unasked = (view: View): Request[] =>
  requestsOf(view).filter(
    (request) =>
      isLoopback(request) &&
      request.attempts[0]?.route === 'DIRECT' &&
      fixedProxyOf(view, request) !== undefined &&
      exceptionsOf(view, request.client).every(({ entry }) => !names(entry, request.target.host)),
  );

export const cfgLoopbackImplicit = rule({
  id: 'cfg-loopback-implicit',
  title: 'Requests to the own machine go past the fixed proxy, whatever the list of exceptions says',
  severity: 'info',
  summary:
    'localhost and 127.0.0.0/8 never go to the proxy: in Chromium since 72 by a rule that stands before all others, in ' +
    'Firefox, .NET Framework and WinHTTP likewise. A debugging proxy on the machine sees nothing of such requests. curl does send them to its proxy.',
  confirm: 'No line for the URL in the proxy’s log; a capture on the loopback adapter (Npcap) has the request.',
  fix: 'Use the machine’s name in place of localhost. Chromium: the entry <-loopback> takes its rule away; Firefox: network.proxy.allow_hijacking_localhost.',
  refutedIf: 'The list of exceptions names the host.',
  alternatives: [],
  needs: [
    {
      says: 'a request to the own machine that went past a fixed proxy without an entry for it',
      seen: (view) => unasked(view).map(({ started }) => started),
    },
  ],
  find: (view) =>
    unasked(view).map((request) => {
      const proxy = fixedProxyOf(view, request);
      return {
        about: request.client,
        confidence: 'certain',
        why: `${request.client} has ${proxy?.data.name ?? ''} ${proxy?.data.value ?? ''} and no exception for ${request.target.host}, and went DIRECT to ${request.url}.`,
        evidence: seqs(proxy, request.started, request.routes),
      };
    }),
});
