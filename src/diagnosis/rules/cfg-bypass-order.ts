import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import { exceptionsOf, isLoopback, names } from '../bypass-lists.ts';
import type { Exception } from '../bypass-lists.ts';
import { allOf } from '../candidates.ts';
import { rule } from '../rule.ts';

interface Undone {
  request: Request;
  /** The entry for the host, and the one behind it that takes it back. */
  entry: Exception;
  undoing: Exception;
}

const undone = kept((view): readonly Undone[] =>
  requestsOf(view).flatMap((request) => {
    if (!isLoopback(request) || request.attempts[0]?.proxy == null) return [];
    const entries = exceptionsOf(view, request.client);
    const entry = entries.findLast((one) => names(one.entry, request.target.host));
    const undoing = entries.findLast((one) => one.entry.toLowerCase() === '<-loopback>');
    return entry && undoing && undoing.at > entry.at ? [{ request, entry, undoing }] : [];
  }),
);

export const cfgBypassOrder = rule({
  id: 'cfg-bypass-order',
  title: '<-loopback> behind an entry takes it back: in Chromium the last rule that matches counts',
  severity: 'warning',
  summary:
    'Chromium’s rules are read from the end. <-loopback> sends the own machine to the proxy and holds for all of it, so ' +
    '“127.0.0.1;<-loopback>” proxies 127.0.0.1 as well, while “<-loopback>;127.0.0.1” leaves it out.',
  confirm:
    'chrome://net-export shows the list and the decision; the proxy’s log has requests for 127.0.0.1, which there is the proxy’s own machine.',
  fix: 'Write <-loopback> first and the entries for single hosts of the own machine behind it.',
  refutedIf: 'The list has no <-loopback> behind the entry.',
  alternatives: [],
  needs: [
    {
      says: 'a request to the own machine by the proxy, with an entry for it before <-loopback>',
      seen: (view) => undone(view).map(({ entry }) => entry.setting),
    },
  ],
  find: (view) =>
    undone(view).map(({ request, entry, undoing }) => ({
      about: request.client,
      severity: request.ok ? 'warning' : 'error',
      confidence: 'certain',
      why: `${entry.setting.data.name} of ${request.client} is "${entry.setting.data.value}": ${undoing.entry} stands behind ${entry.entry}, so ${request.url} went by ${request.attempts[0]?.route ?? ''}.`,
      evidence: seqs(entry.setting, request.routes, request.attempts[0]?.finished, request.finished),
      explains: allOf(request),
    })),
});
