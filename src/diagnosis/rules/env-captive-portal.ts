import { endpoint, isPrivateAddress, namesByAddress } from '../../trace/dials.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { requestsOf } from '../../trace/requests.ts';
import type { Request } from '../../trace/requests.ts';
import { header, kept, pick, seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { rule } from '../rule.ts';

type Answer = TraceEvent<'http.response' | 'origin.response'>;

interface Portal {
  ip: string;
  names: readonly string[];
  /** The sign-in page, or the way to it, in place of what was asked for. */
  page: Answer;
  /** https that the same address refused or answered with a certificate of its own. */
  broken: Request | undefined;
}

const portals = kept((view): readonly Portal[] =>
  [...namesByAddress(view)].flatMap(([ip, all]) => {
    const names = [...all].filter((name) => name.includes('.'));
    const domains = new Set(names.map((name) => name.split('.').slice(-2).join('.')));
    const page = domains.size > 1 ? pageAt(view, ip) : undefined;
    const broken = page && requestsOf(view).find((request) => isBroken(request, ip));
    return page && (broken || isAtHome(view, ip, page)) ? [{ ip, names, page, broken }] : [];
  }),
);

/** A redirection elsewhere, a page, or the status that was made for portals (RFC 6585). */
const pageAt = (view: View, ip: string): Answer | undefined =>
  view
    .ofType('tcp.opened')
    .filter(({ data }) => endpoint(data.to).ip === ip && endpoint(data.to).port === 80)
    .flatMap(({ data }) => pick(view.onConnection(data.conn), 'http.response', 'origin.response'))
    .find(({ data }) => {
      const elsewhere = data.status >= 300 && data.status < 400 && header(data.headers, 'location') !== undefined;
      return elsewhere || data.status === 511 || (data.status === 200 && isHtml(data.headers));
    });

/** Names of the service at a private address, which sends them to another name of its own. */
function isAtHome(view: View, ip: string, { data }: Answer): boolean {
  const location = header(data.headers, 'location') ?? '';
  const there = URL.canParse(location) ? new URL(location).hostname.toLowerCase() : '';
  const names = [...(namesByAddress(view).get(ip) ?? [])];
  return isPrivateAddress(ip) && names.includes(there) && there !== data.host && names.some(isService);
}

const isService = (name: string): boolean => /\.(?:msappproxy\.net|servicebus\.windows\.net)$/.test(name);

const isHtml = (headers: Answer['data']['headers']): boolean => /html/i.test(header(headers, 'content-type') ?? '');

const isBroken = ({ target, attempts }: Request, ip: string): boolean =>
  target.scheme === 'https' &&
  attempts.some(
    ({ proxy, dials, failure }) =>
      proxy === null &&
      dials.some(({ to }) => to.ip === ip) &&
      /^(tcp\.(refused|reset|closed)|tls\.(name|untrusted|weak))$/.test(failure ?? ''),
  );

export const envCaptivePortal = rule({
  id: 'env-captive-portal',
  title: 'A captive portal answers for everybody until somebody signs in',
  severity: 'error',
  summary:
    'Every name resolves to the portal’s address. Requests over http are sent to a page to sign in at, wpad.dat among them; ' +
    'https is refused or shows the portal’s certificate. Clients take none of it for a proxy script and go on in vain.',
  confirm:
    'Filter `dns.a` : unrelated names with one address; `http.response.code==302 || http.response.code==511`: the way to the ' +
    'sign-in page. `curl -v http://www.msftconnecttest.com/connecttest.txt` gets anything but “Microsoft Connect Test”.',
  fix: 'Sign in at the portal, or have the machine exempted from it by its address; then restart the connector service, so that it looks for its proxy again.',
  refutedIf: 'Names resolve to addresses of their own, or the page comes from the host that was asked for.',
  alternatives: [],
  needs: [
    {
      says: 'names of several domains with one address, which answers http with a page, and breaks https or is in the own network',
      seen: (view) => portals(view).flatMap(({ page, broken }) => (broken ? [page, broken.started] : [page])),
    },
  ],
  find: (view) =>
    portals(view).map(({ ip, names, page, broken }) => {
      const lookups = view.ofType('dns.resolved').filter(({ data }) => data.addresses.includes(ip));
      const location = header(page.data.headers, 'location');
      const how =
        location === undefined ? `with ${page.data.status} and a page` : `with ${page.data.status} to ${location}`;
      return {
        about: ip,
        confidence: 'likely',
        why: `${names.join(', ')} are all ${ip}, which answers http ${how}${broken ? `, and https to ${broken.target.host} ended with ${broken.finished?.data.error?.text ?? 'an error'}` : ''}.`,
        evidence: seqs(lookups, page, broken?.attempts[0]?.finished, broken?.finished),
        explains: madeBy(view, ip, lookups),
      };
    }),
});

/** All that the machines of these lookups did and saw: nobody gets past the portal. */
function madeBy(view: View, ip: string, lookups: readonly TraceEvent<'dns.resolved'>[]): number[] {
  const clients = new Set(lookups.map(({ by }) => by));
  const answers = view.ofType('dns.answer').filter(({ data }) => data.answers.includes(ip));
  const conns = view.ofType('tcp.opened').filter(({ data }) => endpoint(data.to).ip === ip);
  return seqs(
    view.events.filter(({ by }) => clients.has(by)),
    conns.flatMap(({ data }) => view.onConnection(data.conn)),
    answers,
    view.ofType('dns.query').filter(({ data }) => answers.some((one) => one.data.id === data.id)),
  );
}
