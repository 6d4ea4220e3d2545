import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { scriptOf } from '../evaluations.ts';
import { rule } from '../rule.ts';

const isLoopback = ({ target }: Request): boolean => /^(?:127\.|::1$|localhost$)|\.localhost$/i.test(target.host);

/** A client with a script that did not ask it about its own machine. */
const unasked = (view: View): Request[] =>
  requestsOf(view).filter(
    (request) =>
      isLoopback(request) &&
      scriptOf(view, request) !== undefined &&
      request.ofType('pac.answered').length === 0 &&
      request.routes?.data.routes[0] === 'DIRECT',
  );

export const pacLoopbackIgnored = rule({
  id: 'pac-loopback-ignored',
  title: 'The client does not ask the script about its own machine',
  severity: 'info',
  summary:
    'For localhost and 127.0.0.0/8 Chromium (since 72), Firefox and .NET go DIRECT, whatever the script would say. A ' +
    'local debugging proxy or a tunnel on the same machine never sees such requests.',
  confirm: 'No line for this URL in the proxy’s log; `paclab pac explain wpad.dat http://localhost/` says "not asked".',
  fix: 'Use another name for the machine. Firefox has network.proxy.allow_hijacking_localhost; Chromium offers nothing for scripts.',
  refutedIf: 'The script was called for this URL.',
  alternatives: [],
  needs: [
    {
      says: 'a request to the own machine without a question to the script',
      seen: (view) => unasked(view).map(({ started }) => started),
    },
  ],
  find: (view) =>
    unasked(view).map((request) => {
      const loaded = scriptOf(view, request);
      return {
        about: loaded?.data.sha256 ?? '',
        confidence: 'certain',
        why: `${request.client} has the script of ${loaded?.data.url ?? ''}, but went DIRECT to ${request.url} without asking it.`,
        evidence: seqs(loaded, request.started, request.routes),
      };
    }),
});
