import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import { exceptionsOf, fixedProxyOf, isLoopback, names } from '../bypass-lists.ts';
import type { Exception } from '../bypass-lists.ts';
import { allOf, shown } from '../candidates.ts';
import { howItFailed, isUnreachable } from '../fail-open.ts';
import { rule } from '../rule.ts';

interface Mistaken {
  /** A name without a dot that went direct in vain. */
  request: Request;
  /** A request to the own machine, which the entry was meant for. */
  loopback: Request;
  local: Exception;
}

const mistaken = kept((view): readonly Mistaken[] =>
  requestsOf(view).flatMap((request) => {
    const [first] = request.attempts;
    const plain = !request.target.host.includes('.') && !request.target.host.includes(':') && !isLoopback(request);
    if (!plain || first?.route !== 'DIRECT' || !isUnreachable(first) || !fixedProxyOf(view, request)) return [];
    const entries = exceptionsOf(view, request.client);
    const local = entries.find(({ entry }) => entry.toLowerCase() === '<local>');
    const loopback = requestsOf(view).find((one) => one.client === request.client && isLoopback(one));
    const named = loopback && entries.some(({ entry }) => names(entry, loopback.target.host));
    return local && loopback && !named ? [{ request, loopback, local }] : [];
  }),
);

export const cfgLocalNotLocalhost = rule({
  id: 'cfg-local-not-localhost',
  title: '<local> on the bypass list means every name without a dot, not the own machine',
  severity: 'error',
  summary:
    '“Bypass proxy server for local addresses” writes <local> into the list. In WinINET, WinHTTP and Chromium that is every ' +
    'name without a dot (http://intranet/), which then goes direct, whether it can be reached so or not. The own machine needs no entry.',
  confirm:
    'Filter `tcp.flags.syn==1` towards the address of the short name: the client dials it itself. The same host by its full name goes to the proxy.',
  fix: 'Take <local> out of the list (the box “Bypass proxy server for local addresses”), or open the way to these hosts; localhost goes direct without it.',
  refutedIf: 'The short name is reachable from other machines of this network without a proxy.',
  alternatives: [],
  needs: [
    {
      says: 'a name without a dot that went direct in vain beside a list with <local>, and a request to the own machine',
      seen: (view) => mistaken(view).flatMap(({ local, request }) => [local.setting, request.started]),
    },
  ],
  find: (view) =>
    mistaken(view).map(({ request, loopback, local }) => {
      const [first] = request.attempts;
      return {
        about: request.client,
        confidence: 'likely',
        why:
          `${local.setting.data.name} of ${request.client} has <local>: ${loopback.url} would go direct without it, and ` +
          `${request.url} went direct because of it, which ${howItFailed(first?.failure ?? null)}.`,
        evidence: seqs(
          local.setting,
          loopback.routes,
          request.routes,
          first && shown(request, first),
          request.finished,
        ),
        explains: [...allOf(request), ...allOf(loopback), ...seqs(fixedProxyOf(view, loopback))],
      };
    }),
});
