import { endpoint } from '../../trace/dials.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { kept } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { looksIn, proxyFilter, shownBy } from '../captures.ts';
import type { Look } from '../captures.ts';
import { inMessageAnalyzer } from '../filters.ts';
import { rule } from '../rule.ts';

/** Ports at which people look for proxies: of the guides, Squid, products and SOCKS; and of the web. */
const usual = new Set([80, 443, 1080, 3128, 8000, 8080, 8081, 8118, 8443, 8888, 9400, 9480]);

interface Unknown {
  look: TraceEvent<'capture.read'>;
  proxies: Look['proxies'];
}

const portOf = ({ at }: Look['proxies'][number]): number => endpoint(at).port;

/** Whoever took it or looks at it knows the port. */
const isFilteredFor = ({ captureFilter, displayFilter }: Look): boolean =>
  (captureFilter?.ports.length ?? 0) > 0 || (displayFilter?.ports.length ?? 0) > 0;

const unknownIn = kept((view: View): readonly Unknown[] =>
  looksIn(view).flatMap((look) => {
    const proxies = look.data.proxies.filter((proxy) => !proxy.named && !usual.has(portOf(proxy)));
    return proxies.length > 0 && !isFilteredFor(look.data) ? [{ look, proxies }] : [];
  }),
);

export const diagUnknownProxyPort = rule({
  id: 'diag-unknown-proxy-port',
  title: 'The proxy listens on a port that nobody named',
  severity: 'info',
  summary:
    'A proxy is asked on a port where none is expected, and nothing in the capture names it: a filter for 8080, as the guides ' +
    'have it, shows nothing of this talk. Whoever opens the firewall, or configures another machine, needs this port.',
  confirm: `Filter \`http.request.method=="CONNECT"\` without any port ${inMessageAnalyzer}: the destination port of what it shows is the proxy’s.`,
  fix: 'Use this port in filters, firewall rules and configurations in the place of 8080.',
  refutedIf: 'What is asked there is no proxy: no CONNECT and no whole URL in a request to that port.',
  alternatives: [],
  needs: [
    {
      says: 'a proxy that is asked on an unusual port, which no script in the capture names',
      seen: (view) => unknownIn(view).map(({ look }) => look),
    },
  ],
  find: (view) =>
    unknownIn(view).map(({ look, proxies }) => {
      const [first] = proxies;
      const places = proxies.map(({ at, asked }) => `${at} (${asked === 1 ? 'one request' : `${asked} requests`})`);
      return {
        about: look.file ?? '',
        confidence: 'certain',
        why: `${places.join(', ')} ${proxies.length === 1 ? 'is asked as a proxy' : 'are asked as proxies'}; nothing in the capture names that port, and no guide does.`,
        ...(first
          ? { fix: `Type \`${proxyFilter(portOf(first))}\`, and use this port in firewall rules and configurations.` }
          : {}),
        evidence: shownBy(view, look),
      };
    }),
});
