/** `lab.proxies`: who listens, and what it answered. */
import type { TraceEvent } from '../../trace/events.ts';
import { unloggedScheme } from '../../trace/values.ts';
import { header } from '../../trace/view.ts';
import { placeOf } from '../statements.ts';
import type { Facts, ProxyFact } from './facts.ts';
import { isUnknown, onlySix } from './names.ts';
import { isLog } from './logged.ts';
import type { Story } from './story.ts';

interface Act {
  host: string;
  method: string;
  then: unknown;
  from: string;
}

/** Gives the names of the proxies in the scenario, by `host:port`. */
export function writeProxies(story: Story, facts: Facts): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const proxy of facts.proxies) {
    if (isUnknown(facts, proxy.host.toLowerCase()) || isDead(facts, proxy)) continue;
    const name = names.size === 0 ? 'edge' : `edge-${names.size + 1}`;
    const place = `${/^[^[].*:/.test(proxy.host) ? `[${proxy.host}]` : proxy.host}:${proxy.port}`;
    const at = places(facts, proxy);
    const twin = [...taken].find((other) => at.includes(other));
    for (const each of at) taken.add(each);
    if (twin !== undefined) continue;
    names.set(place, name);
    const six = onlySix(facts, proxy.host);
    story.set(['lab', 'proxies', name, 'listen'], six === undefined ? place : `[${six}]:${proxy.port}`, proxy.from);
    if (proxy.scheme.startsWith('SOCKS')) story.set(['lab', 'proxies', name, 'socks'], true);
    if (proxy.scheme === 'HTTPS') story.set(['lab', 'proxies', name, 'tls'], {});
    if (proxy.assumed) story.assume(`the log is that of ${place}: no file names the proxy`);
    const acts = actsOf(facts, proxy);
    writeActs(story, name, acts);
    if (acts.length === 0 && !isSeen(facts, proxy))
      story.assume(`${place} lets everything pass: no file shows what it does`);
  }
  return names;
}

const places = ({ addressOf }: Facts, { host, port }: ProxyFact): string[] =>
  [host, ...(addressOf.get(host.toLowerCase())?.ips ?? [])].map((each) => `${each}:${port}`);

/** Whether a part of the trace is this proxy. */
const isAt = (facts: Facts, proxy: ProxyFact, name: string): boolean =>
  isLog(name) ? proxy === facts.proxies[0] : places(facts, proxy).includes(name);

const isSeen = (facts: Facts, proxy: ProxyFact): boolean =>
  facts.view.ofType('proxy.request').some(({ data }) => isAt(facts, proxy, data.proxy));

/** Nothing ever answered there. */
function isDead(facts: Facts, proxy: ProxyFact): boolean {
  const at = places(facts, proxy);
  const opened = facts.view.ofType('tcp.opened').some(({ data }) => at.includes(data.to));
  const vain = [...facts.view.ofType('tcp.refused'), ...facts.view.ofType('tcp.syn')];
  return !opened && !isSeen(facts, proxy) && vain.some(({ data }) => at.includes(data.to));
}

function actsOf(facts: Facts, proxy: ProxyFact): Act[] {
  const asked = facts.view.ofType('proxy.request').filter(({ data }) => isAt(facts, proxy, data.proxy));
  return asked.flatMap((request): Act[] => {
    const { conn, host, method, target } = request.data;
    // What stands inside of a tunnel is the destination's.
    if (method !== 'CONNECT' && !/^(?:http|ws|ftp):/.test(target)) return [];
    const later = facts.view.onConnection(conn).filter(({ seq }) => seq > request.seq);
    const next = later.find(({ type }) => type === 'proxy.request')?.seq ?? Infinity;
    const own = later.filter(({ seq }) => seq < next);
    const { then, at } = actOf(own, method, facts) ?? {};
    return at === undefined ? [] : [{ host, method, then, from: placeOf(at) }];
  });
}

interface Seen {
  then: unknown;
  at: TraceEvent;
}

function actOf(own: readonly TraceEvent[], method: string, facts: Facts): Seen | undefined {
  const response = own.find((event) => event.type === 'proxy.response');
  const challenged = own.find((event) => event.type === 'proxy.challenged');
  if (challenged) {
    const { schemes, realm } = challenged.data;
    const known = schemes.filter((scheme) => /^(?:basic|digest|ntlm|negotiate|bearer)$/.test(scheme));
    const others = schemes.filter((scheme) => !known.includes(scheme) && scheme !== unloggedScheme);
    return {
      then: {
        kind: 'challenge',
        schemes: known.length + others.length > 0 ? known : ['basic'],
        ...(others.length > 0 ? { others } : {}),
        ...(realm === null ? {} : { realm }),
        ...insisting(facts, challenged),
      },
      at: challenged,
    };
  }
  const garbled = own.find((event) => event.type === 'client.attempt-finished');
  if (!response && garbled?.data.failure === 'http.malformed') return { then: 'garbage', at: garbled };
  if (!response) {
    const end = own.find(({ type }) => type === 'tcp.rst' || type === 'tcp.fin');
    if (!end) return own.length > 0 ? { then: 'hang', at: own[0] as TraceEvent } : undefined;
    return { then: end.type === 'tcp.rst' ? 'reset' : 'close', at: end };
  }
  const { status, reason, headers } = response.data;
  if (method === 'CONNECT' && status < 300)
    return inspected(own, facts) ?? filtered(own) ?? { then: oddly(response) ?? 'allow', at: response };
  // Whoever asks for a tunnel is not to be sent elsewhere.
  if (status < (method === 'CONNECT' ? 300 : 400)) return { then: 'allow', at: response };
  const told = tellingFields.flatMap((name) => {
    const value = header(headers, name);
    return value === undefined || value === 'redacted' ? [] : [[name, value] as const];
  });
  return {
    then: {
      kind: 'respond',
      status,
      ...(reason === '' ? {} : { reason }),
      ...(told.length === 0 ? {} : { headers: Object.fromEntries(told) }),
    },
    at: response,
  };
}

/** Every answer is met with another question: the nonce is stale again, or the realm is another. */
function insisting({ view }: Facts, { data: { host } }: TraceEvent<'proxy.challenged'>): Record<string, unknown> {
  const asked = view.ofType('proxy.challenged').filter(({ data }) => data.host === host);
  const stale = view
    .ofType('proxy.response')
    .filter(
      ({ data }) => data.host === host && /\bstale=true\b/i.test(header(data.headers, 'proxy-authenticate') ?? ''),
    );
  if (stale.length > 1) return { digest: { alwaysStale: true }, accounts: { [standIn.user]: standIn.password } };
  return new Set(asked.map(({ data }) => data.realm)).size > 1 ? { endless: true } : {};
}

/** A tunnel that is opened otherwise than by HTTP/1.1, 200 and nothing else. */
function oddly({ data: { status, reason, headers, version } }: TraceEvent<'proxy.response'>): unknown {
  const framing = headers.filter(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name));
  if (status === 200 && version === undefined && framing.length === 0) return undefined;
  return {
    kind: 'connect-reply',
    ...(status === 200 ? {} : { status, ...(reason === '' ? {} : { reason }) }),
    ...(version === undefined ? {} : { version }),
    ...(framing.length === 0
      ? {}
      : { headers: Object.fromEntries(framing.map(([name, value]) => [name, framingOf(name, value)])) }),
  };
}

const framingOf = (name: string, value: string): string => {
  if (value !== 'redacted') return value;
  return /length/i.test(name) ? '5' : 'chunked';
};

/** The tunnel ends as soon as the ClientHello names its server. */
function filtered(own: readonly TraceEvent[]): Seen | undefined {
  const failed = own.find((event) => event.type === 'tls.failed');
  const { code, peer, role, serverName } = failed?.data ?? {};
  const isCut = (code === 'tcp.reset' || code === 'tcp.closed') && role === 'client' && peer === null;
  if (!failed || !isCut || serverName === null || own.some(({ type }) => type === 'tls.established')) return undefined;
  const how = code === 'tcp.reset' ? 'rst' : 'fin';
  return { then: { kind: 'sni-filter', deny: [serverName], how }, at: failed };
}

/** Header fields by which a proxy says who it is and why it refuses. */
const tellingFields = ['Proxy-Status', 'Via', 'X-Squid-Error', 'Retry-After', 'Location'];

/** Authorities that sign for the public: what they sign was not opened on the way. */
const publicAuthority =
  /DigiCert|Microsoft|GlobalSign|Sectigo|USERTrust|Let's Encrypt|\bISRG\b|Entrust|Verisign|Baltimore|public-ca/i;

/** Why a client refused the substitute, as far as it is not the authority. */
const leaves: Readonly<Record<string, string>> = {
  'tls.expired': 'expired',
  'tls.name': 'wrong-name',
  'tls.weak': 'weak',
};

/** A client that took the substitute, or that had something else against it, trusts who signed. */
export const trustsInspection = ({ view }: Facts, client: string): boolean =>
  [...view.ofType('tls.established'), ...view.ofType('tls.failed')].some(
    ({ by, type, data }) =>
      data.role === 'client' &&
      by === `client:${client}` &&
      data.peer !== null &&
      !publicAuthority.test(data.peer.issuer) &&
      (type === 'tls.established' || leaves[data.code] !== undefined),
  );

/** The certificate inside a tunnel comes from somebody who signs for no public service. */
function inspected(own: readonly TraceEvent[], { view }: Facts): Seen | undefined {
  const tls = own.find((event) => event.type === 'tls.established' || event.type === 'tls.failed');
  if (!tls) return undefined;
  const { peer, role, serverName } = tls.data;
  if (role !== 'client' || !peer || publicAuthority.test(peer.issuer)) return undefined;
  const others = [...view.ofType('tls.established'), ...view.ofType('tls.failed')].filter(
    ({ data }) => data.peer?.issuer === peer.issuer && data.serverName !== serverName,
  );
  const ours = /\.(?:msappproxy\.net|servicebus\.windows\.net|microsoftonline\.com)$/i.test(serverName ?? '');
  if (!ours && others.length === 0) return undefined;
  const leaf = tls.type === 'tls.failed' ? leaves[tls.data.code] : undefined;
  return { then: leaf === undefined ? 'inspect' : { kind: 'inspect', leaf }, at: tls };
}

/** One behaviour for all, or a rule for each host that differs. */
function writeActs(story: Story, name: string, acts: readonly Act[]): void {
  const last = new Map<string, Act>();
  for (const act of acts) last.set(act.host, passed(last.get(act.host), act) ?? act);
  const kept = [...last.values()];
  const [first] = kept;
  if (!first) return;
  if (kept.every(({ then }) => same(then, first.then))) {
    if (first.then !== 'allow') story.set(['lab', 'proxies', name, 'behaviour'], first.then, first.from);
    return;
  }
  for (const { host, then, from } of kept) {
    if (then !== 'allow') story.add(['lab', 'proxies', name, 'rules'], { when: { host }, then }, from);
  }
}

/** Nobody can read credentials off a capture: who got through after a challenge has stand-ins. */
export const standIn = { user: 'user', password: 'secret' } as const;

function passed(before: Act | undefined, { then }: Act): Act | undefined {
  const challenge = before?.then as { kind?: string } | undefined;
  if (!before || challenge?.kind !== 'challenge' || then !== 'allow') return undefined;
  return { ...before, then: { ...challenge, accounts: { [standIn.user]: standIn.password } } };
}

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);
