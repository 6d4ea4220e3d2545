import type { Alternative } from '../../finding.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Attempt, Request } from '../../trace/requests.ts';
import { kept, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { shown } from '../candidates.ts';
import { isUnreachable } from '../fail-open.ts';
import { sentBy } from '../evaluations.ts';
import { rule } from '../rule.ts';
import { schemeMapOf } from '../scheme-map.ts';
import type { SchemeMap } from '../scheme-map.ts';

interface Gap {
  request: Request;
  map: SchemeMap;
}

/** The proxy string has entries by scheme, none of them for this one. */
const gapsOf = kept((view): readonly Gap[] =>
  requestsOf(view).flatMap((request) => {
    const { client, target, attempts } = request;
    const map = attempts[0]?.route === 'DIRECT' ? schemeMapOf(view, client) : undefined;
    const covered = map && ['socks', target.scheme].some((scheme) => map.entries.has(scheme));
    return map && !covered && /^https?$/.test(target.scheme) ? [{ request, map }] : [];
  }),
);

const proxied = (view: View, { request, map }: Gap): Request | undefined =>
  requestsOf(view).find(
    ({ client, target, attempts, ok }) =>
      client === request.client && ok && map.entries.has(target.scheme) && attempts[0]?.proxy != null,
  );

/** The gap may be meant, and the network wrong. */
const networkAtFault: readonly { failure: string; alternative: Alternative }[] = [
  {
    failure: 'tcp.timeout',
    alternative: {
      id: 'direct-443-syn-blackhole',
      tellApart: 'This scheme is meant to go without a proxy: then the firewall that drops it is to be opened.',
    },
  },
  {
    failure: 'tcp.unreachable',
    alternative: {
      id: 'direct-icmp-prohibited',
      tellApart: 'This scheme is meant to go without a proxy: then the device that prohibits it is to let it pass.',
    },
  },
];

const blockedBy = ({ failure }: Attempt): Alternative[] =>
  networkAtFault.flatMap((one) => (one.failure === failure ? [one.alternative] : []));

export const selectSchemeMapGap = rule({
  id: 'select-scheme-map-gap',
  title: 'The fixed proxy is set for one scheme only; the other goes direct',
  severity: 'warning',
  summary:
    'A proxy string with entries by scheme (`http=proxy:8080`) holds for these schemes alone: a scheme without an entry ' +
    'goes DIRECT. So pages over http work, and https leaves without a proxy.',
  confirm:
    'Filter `tcp.flags.syn==1 && tcp.port==443`: SYNs to the destinations themselves, while GET requests in absolute form ' +
    'reach the proxy. ProxyServer in the registry begins with `http=`.',
  fix: 'Set the proxy for all protocols: ProxyServer `proxy:8080` without a scheme, or add `;https=proxy:8080`.',
  refutedIf: 'The string has an entry for the scheme of the failing URL, or the host is on the bypass list.',
  alternatives: networkAtFault.map(({ alternative }) => alternative),
  needs: [
    {
      says: 'a proxy string without an entry for the scheme of a request that went DIRECT',
      seen: (view) => gapsOf(view).map(({ map }) => map.setting),
    },
  ],
  find: (view) =>
    gapsOf(view).map((gap) => {
      const { request, map } = gap;
      const { client, target, attempts, routes, finished } = request;
      const [first] = attempts;
      const blocked = first !== undefined && isUnreachable(first);
      const other = proxied(view, gap);
      const beside = other ? `; ${other.url} went by ${other.attempts[0]?.route ?? ''}` : '';
      return {
        about: client,
        severity: blocked ? 'error' : 'warning',
        confidence: 'certain',
        why: `${map.setting.data.name} of ${client} is "${map.setting.data.value}": nothing for ${target.scheme}, so ${target.host}:${target.port} was asked directly${blocked ? ', in vain' : ''}${beside}.`,
        evidence: seqs(map.setting, other?.routes, other?.finished, routes, first && shown(request, first), finished),
        explains: sentBy(request),
        ...(first ? { alternatives: blockedBy(first) } : {}),
      };
    }),
});
