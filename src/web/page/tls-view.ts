/** TLS: the certificate that the client was shown beside the one that the destination showed. */
import type { CertificateView, TraceEvent } from '../../trace/events.ts';
import type { ChainedCertificate } from '../../trace/values.ts';
import { viewOf } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { h } from './dom.ts';

type Handshake = TraceEvent<'tls.established' | 'tls.failed'>;

interface Pair {
  name: string;
  client: Handshake | undefined;
  /** The destination's own end; where that is not known, what a proxy saw of it. */
  server: Handshake | undefined;
  /** The proxy that holds the other end of the client's TLS, though a tunnel should lead past it. */
  opener: string | undefined;
}

const isProxy = (by: string): boolean => by.startsWith('proxy:');

export function tlsView(events: readonly TraceEvent[], linkTo: (seq: number) => string): HTMLElement {
  const pairs = pairsIn(viewOf(events));
  if (pairs.length === 0) return h('p', { class: 'quiet' }, 'Nobody has spoken TLS.');
  return h(
    'div',
    {},
    pairs.map((pair) => sectionOf(pair, linkTo)),
  );
}

/** Handshakes of clients with those of the destinations, on the same connection or beyond the tunnel of it. */
function pairsIn(view: View): Pair[] {
  const tunnels = new Map(view.ofType('proxy.tunnel').map(({ data }) => [data.conn, data]));
  const all = view.events.filter(
    (event): event is Handshake => event.type === 'tls.established' || event.type === 'tls.failed',
  );
  const used = new Set<Handshake>();
  const pairs = all
    .filter(({ by, data }) => data.role === 'client' && !isProxy(by))
    .map((client): Pair => {
      const { conn, serverName } = client.data;
      const tunnel = tunnels.get(conn);
      const conns = [conn, tunnel?.upstream];
      const servers = all.filter(({ data }) => data.role === 'server' && conns.includes(data.conn));
      const proxy = all.find(({ by, data }) => isProxy(by) && data.role === 'client' && data.conn === tunnel?.upstream);
      for (const each of servers) used.add(each);
      const own = servers.find(({ by }) => !isProxy(by)) ?? (tunnel ? undefined : servers.at(-1));
      const opener = servers.find(({ by, data }) => isProxy(by) && data.serverName === tunnel?.host);
      const name = serverName ?? `connection ${conn}`;
      return { name, client, server: own?.data.own || !proxy ? own : proxy, opener: tunnel && opener?.by };
    });
  const alone = all.filter((event) => event.data.role === 'server' && !used.has(event));
  return [
    ...pairs,
    ...alone.map((server) => ({
      name: server.data.serverName ?? `connection ${server.data.conn}`,
      client: undefined,
      server,
      opener: undefined,
    })),
  ];
}

function sectionOf({ name, client, server, opener }: Pair, linkTo: (seq: number) => string): HTMLElement {
  const shown = client?.data.peer ?? null;
  const sent = (server?.data.role === 'client' ? server.data.peer : server?.data.own) ?? null;
  const differ = shown !== null && sent !== null && (shown.issuer !== sent.issuer || shown.subject !== sent.subject);
  const verdict = differ
    ? h('p', { class: 'bad' }, '✗ Not the same certificate: somebody between the two speaks TLS to both.')
    : shown !== null && sent !== null && h('p', { class: 'good' }, '✓ The same certificate at both ends.');
  return h(
    'section',
    { class: 'tls', 'aria-label': `TLS with ${name}` },
    h('h3', {}, name),
    verdict,
    opener !== undefined && h('p', { class: 'bad' }, `✗ ${opener} opens this TLS: what the client saw is the proxy's.`),
    h(
      'div',
      { class: 'pair' },
      endOf('What the client saw', client, shown, 'the client said nothing of it', linkTo),
      endOf(
        server && isProxy(server.by) ? 'What the proxy saw' : 'What the destination sent',
        server,
        sent,
        'nothing is known of this end',
        linkTo,
      ),
    ),
  );
}

function endOf(
  title: string,
  event: Handshake | undefined,
  certificate: CertificateView | null,
  missing: string,
  linkTo: (seq: number) => string,
): HTMLElement {
  const peer = event?.data.role === 'server' ? event.data.peer : event?.data.own;
  return h(
    'div',
    { class: 'card' },
    h('h4', {}, title),
    event
      ? [
          h(
            'p',
            {},
            h('a', { href: linkTo(event.seq), 'aria-label': `event ${event.seq}` }, `#${event.seq}`),
            ` ${event.by}: ${outcomeOf(event)}`,
          ),
          certificate
            ? chainOf(title, certificate)
            : h('p', { class: 'quiet' }, 'no certificate of the server in this event'),
          peer &&
            h(
              'div',
              {},
              h('p', {}, event.data.role === 'server' ? "The client's certificate" : 'Its own certificate'),
              chainOf("the client's", peer),
            ),
        ]
      : h('p', { class: 'quiet' }, missing),
  );
}

const outcomeOf = (event: Handshake): string =>
  event.type === 'tls.established'
    ? `${event.data.version}, ${event.data.cipher}`
    : `✗ ${event.data.code}: ${event.data.detail}${event.data.alert === null ? '' : ` (alert ${event.data.alert})`}`;

/** Every certificate as it was sent, one below the other; of old traces the leaf and the number. */
const chainOf = (title: string, { chain, along = [], ...leaf }: CertificateView): (HTMLElement | false)[] => [
  h('p', { class: 'quiet' }, chain === 1 ? 'Sent: the leaf alone' : `Sent: ${chain} certificates`),
  h(
    'ol',
    { class: 'chain', 'aria-label': `${title}: certificates as they were sent` },
    [leaf, ...along].map((certificate) => h('li', {}, fieldsOf(certificate))),
  ),
  along.length + 1 < chain && h('p', { class: 'quiet' }, 'of the others this trace tells nothing'),
];

const fieldsOf = ({ subject, issuer, names, notBefore, notAfter, key }: ChainedCertificate): HTMLElement =>
  h(
    'dl',
    {},
    [
      ['Subject', subject],
      ['Issuer', subject === issuer ? `${issuer} (itself)` : issuer],
      ['Names', names.join(', ') || 'none'],
      ['Valid', `${notBefore.slice(0, 10)} to ${notAfter.slice(0, 10)}`],
      ...(key === undefined ? [] : [['Key', key]]),
    ].map(([term, value]) => [h('dt', {}, term), h('dd', {}, value)]),
  );
