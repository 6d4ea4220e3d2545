import { inRange } from '../../range.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { kept, seqs, settingsOf } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { sentBy } from '../evaluations.ts';
import { rule } from '../rule.ts';

interface Missed {
  request: Request;
  setting: TraceEvent<'client.setting'>;
  block: string;
  lookup: TraceEvent<'dns.answer'>;
}

const lists = ['ProxyOverride', 'browser.bypass', 'winhttp.ProxyBypass'];

/** A name was sent to the proxy, though its address is in a range of the bypass list. */
const missedOf = kept((view): readonly Missed[] =>
  requestsOf(view).flatMap((request) => {
    const { client, target, attempts } = request;
    if (attempts[0]?.proxy == null || /^[\d.]+$|:/.test(target.host)) return [];
    return blocksOf(view, client).flatMap(({ setting, block }) => {
      const lookup = view
        .ofType('dns.answer')
        .find(
          ({ data }) => sameName(data.name, target.host) && data.answers.some((address) => inRange(block, address)),
        );
      return lookup ? [{ request, setting, block, lookup }] : [];
    });
  }),
);

const sameName = (left: string, right: string): boolean =>
  left.toLowerCase().replace(/\.$/, '') === right.toLowerCase().replace(/\.$/, '');

/** The ranges of addresses on the lists that count. */
const blocksOf = (view: View, client: string): { setting: TraceEvent<'client.setting'>; block: string }[] =>
  lists.flatMap((name) => {
    const setting = settingsOf(view).get(client)?.get(name);
    if (!setting || setting.data.overriddenBy !== null) return [];
    const blocks = setting.data.value.split(/[;,\s]+/).filter((entry) => /^[\d.]+\/\d+$/.test(entry));
    return blocks.map((block) => ({ setting, block }));
  });

export const selectIpRangeLiteralOnly = rule({
  id: 'select-ip-range-literal-only',
  title: 'The range on the bypass list counts for addresses only, not for names',
  severity: 'warning',
  summary:
    'An entry such as 10.0.0.0/8 is compared with what stands in the URL: the client does not resolve names to choose a ' +
    'proxy. So http://10.0.0.9/ goes direct, and the name of the same machine goes to the proxy.',
  confirm:
    'The proxy’s log has requests for names that resolve to addresses of the range; the client itself never asks DNS for ' +
    'them. Filter `dns.a` for the name beside `http.request.full_uri` at the proxy.',
  fix: 'Add the internal domains to the bypass list (*.corp.example), or let a script decide with isInNet(dnsResolve(host)).',
  refutedIf: 'The name resolves to an address outside of the range.',
  alternatives: [],
  needs: [
    {
      says: 'a name that was sent to the proxy, and resolves to an address of the bypass list',
      seen: (view) => missedOf(view).map(({ lookup }) => lookup),
    },
  ],
  find: (view) =>
    missedOf(view).map(({ request, setting, block, lookup }) => ({
      about: request.target.host,
      severity: request.ok ? 'warning' : 'error',
      confidence: 'certain',
      why: `${setting.data.name} of ${request.client} has ${block}, and ${request.target.host} is ${lookup.data.answers.join(', ')}; yet the request went by ${request.attempts[0]?.route ?? ''}, because the URL has a name.`,
      evidence: seqs(setting, request.routes, lookup, request.attempts[0]?.finished, request.finished),
      explains: sentBy(request),
    })),
});
