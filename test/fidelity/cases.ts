/** Random questions to PAC scripts: helper calls, returned strings, URLs and whole scripts. The same for the same seed. */
import { seededChance } from '../../src/chance.ts';

export interface Case {
  /** A helper's name, or `returned string`, `url`, `script`. */
  group: string;
  url: string;
  /** An expression whose value is told; for `returned string`, the value is returned as well. */
  expression: string | null;
  /** The script's date, in milliseconds since 1970. */
  now: number;
}

/** What the names of the zone lead to; all others do not exist. */
export const zone: Readonly<Record<string, { A?: string[]; AAAA?: string[] }>> = {
  'one.test': { A: ['10.77.0.100'] },
  'multi.test': { A: ['10.77.0.101', '10.77.0.100'] },
  'app.corp.example': { A: ['10.77.0.110'] },
  'www.corp.example': { A: ['10.77.1.7'] },
};

type Pick = <T>(list: readonly T[]) => T;

export function casesFor(seed: number, count: number, helpers: ReadonlySet<string>): Case[] {
  const chance = seededChance(seed);
  const below = (limit: number): number => chance.below(limit);
  const pick: Pick = (list) => {
    const found = list[below(list.length)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  };
  const known = Object.entries(calls).filter(([name]) => helpers.has(name));
  return Array.from({ length: count }, (_, index): Case => {
    const now = Date.UTC(2024 + below(4), below(12), 1 + below(28), below(24), below(60), below(60));
    const url = `http://c${index}.test/`;
    const kind = below(10);
    if (kind === 0) return { group: 'url', url: randomUrl(index, pick, below), expression: null, now };
    if (kind <= 2) return { group: 'returned string', url, expression: JSON.stringify(returned(pick, below)), now };
    if (kind === 3) return { group: 'script', url, expression: script(pick, below, known), now };
    const [name, make] = known[index % known.length] ?? pick(known);
    return { group: name, url, expression: make(pick, below), now };
  });
}

type Make = (pick: Pick, below: (limit: number) => number) => string;

const hosts = [
  'one.test',
  'multi.test',
  'app',
  'www',
  'app.corp.example',
  'www.corp.example',
  'nx.test',
  '10.77.0.100',
  'ONE.test',
  'a.b.c.d',
  '',
  'one.test.',
  '010.1.2.3',
  '1.2.3',
  '::1',
  'fd77::1',
  'a_b.test',
  '256.1.1.1',
  '10.77.0.100:80',
  '0x0a.1.1.1',
  'corp.example',
  'badcorp.example',
  '3232235521',
];
const domains = [
  '.test',
  'test',
  '.corp.example',
  'corp.example',
  '',
  '.',
  'example',
  'one.test',
  '.TEST',
  'p.example',
];
const masks = [
  '255.255.255.0',
  '255.0.0.0',
  '255.255.255.255',
  '0.0.0.0',
  '255.0.255.0',
  '24',
  '',
  '255.255.255',
  '010.0.0.0',
];
const patterns = [
  '*',
  '*.test',
  'one.*',
  '?ne.test',
  '*.corp.*',
  '[ab]*',
  'a|b',
  '(one|two).test',
  'one.test$',
  '*.c+m',
  '',
  '^one*',
  'o{1}ne.test',
  '*ONE*',
  'a\\.b',
  '[',
  '(',
  'x**y',
  '.*',
  '*:8080',
];
const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'sat', 'XXX', 'GMT'];
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC', 'apr'];
const text = (value: unknown): string => JSON.stringify(value);
const addresses = [
  '10.77.0.100',
  '10.1.2.3',
  '192.168.1.1',
  'fd77::100',
  '::ffff:10.1.2.3',
  'fe80::1',
  'bogus',
  '2001:db8::1',
  '',
];

const gmt: Make = (_pick, below) => (below(3) === 0 ? ',"GMT"' : '');

const calls: Readonly<Record<string, Make>> = {
  dnsDomainIs: (pick) => `dnsDomainIs(${text(pick(hosts))},${text(pick(domains))})`,
  localHostOrDomainIs: (pick) => `localHostOrDomainIs(${text(pick(hosts))},${text(pick(hosts))})`,
  isPlainHostName: (pick) => `isPlainHostName(${text(pick(hosts))})`,
  shExpMatch: (pick) => `shExpMatch(${text(pick(hosts))},${text(pick(patterns))})`,
  isInNet: (pick) =>
    `isInNet(${text(pick(hosts))},${text(pick(['10.77.0.0', '10.0.0.0', '0.0.0.0', '10.77', '']))},${text(pick(masks))})`,
  dnsDomainLevels: (pick) => `dnsDomainLevels(${text(pick(hosts))})`,
  convert_addr: (pick) => `convert_addr(${text(pick(hosts))})`,
  isResolvable: (pick) => `isResolvable(${text(pick(hosts))})`,
  dnsResolve: (pick) => `dnsResolve(${text(pick(hosts))})`,
  myIpAddress: () => 'myIpAddress()',
  isValidIpAddress: (pick) => `isValidIpAddress(${text(pick(hosts))})`,
  weekdayRange: (pick, below) =>
    `weekdayRange(${text(pick(days))}${below(2) ? `,${text(pick(days))}` : ''}${gmt(pick, below)})`,
  timeRange: (pick, below) =>
    `timeRange(${Array.from({ length: pick([0, 1, 2, 2, 4, 4, 6, 3]) }, (_, at) => below(at % 2 ? 60 : 24)).join(',')})`,
  dateRange: (pick, below) =>
    `dateRange(${pick([
      () => `${1 + below(31)}`,
      () => text(pick(months)),
      () => `${2023 + below(5)}`,
      () => `${1 + below(31)},${1 + below(31)}`,
      () => `${text(pick(months))},${text(pick(months))}`,
      () => `${2023 + below(5)},${2023 + below(5)}`,
      () => `${1 + below(31)},${text(pick(months))},${1 + below(31)},${text(pick(months))}`,
      () => `${text(pick(months))},${2023 + below(5)},${text(pick(months))},${2023 + below(5)}`,
      () =>
        `${1 + below(31)},${text(pick(months))},${2023 + below(5)},${1 + below(31)},${text(pick(months))},${2023 + below(5)}`,
    ])()})`,
  isInNetEx: (pick) =>
    `isInNetEx(${text(pick(addresses))},${text(pick(['10.77.0.0/16', 'fd77::/16', '10.0.0.0/8', '::/0', 'x/8', '10.0.0.0', '10.0.0.0/33']))})`,
  sortIpAddressList: (pick, below) =>
    `sortIpAddressList(${text(Array.from({ length: below(4) }, () => pick(addresses)).join(pick([';', '; ', ','])))})`,
  isResolvableEx: (pick) =>
    `isResolvableEx(${text(pick(['one.test', 'multi.test', 'nx.test', 'app', '10.1.2.3', '']))})`,
  dnsResolveEx: (pick) => `dnsResolveEx(${text(pick(['one.test', 'multi.test', 'nx.test', 'app', '10.1.2.3', '']))})`,
};

const kinds = [
  'PROXY',
  'proxy',
  'SOCKS',
  'SOCKS5',
  'SOCKS4',
  'HTTPS',
  'HTTP',
  'DIRECT',
  'direct',
  'QUIC',
  'Proxy',
  '',
  'PROXI',
];
const targets = [
  'p.nx.test:8080',
  'p.nx.test',
  'P.nx.test:1',
  'p.nx.test:0',
  'p.nx.test:65535',
  'p.nx.test:65536',
  'p.nx.test:-1',
  'p.nx.test:abc',
  'p.nx.test:80',
  'p.nx.test:443',
  '[fd77::9]:3128',
  'fd77::9',
  '[fd77::9]',
  '10.0.0.1:99',
  'p nx:1',
  '',
  'u:pw@p.nx.test:1',
  'http://p.nx.test:1',
  'p.nx.test:1/x',
  'p_q.nx.test:3',
  '*:1',
  'p%20q:1',
  '.:1',
  'p.nx.test.:7',
  '0x0a000001:5',
  'p.nx.test: 8',
  ':8080',
  'p.nx.test:',
];
const gaps = [';', '; ', ' ; ', ';;', ',', ' ', '\n', ';\n', '\t;'];

function returned(pick: Pick, below: (limit: number) => number): string {
  const parts = Array.from(
    { length: 1 + below(3) },
    () => `${pick(kinds)}${pick([' ', ' ', ' ', '  ', '\t', ''])}${pick(targets)}`,
  );
  const list = parts.reduce((all, part) => `${all}${pick(gaps)}${part}`);
  return `${pick(['', '', '', '', ' ', ';', '\t'])}${list}${pick(['', '', '', ';', ' ', '\n'])}`;
}

function randomUrl(index: number, pick: Pick, below: (limit: number) => number): string {
  const user = pick(['', '', '', 'u@', 'u:pw@', 'u:p%40w@']);
  const host = pick([
    `u${index}.test`,
    `U${index}.Test`,
    `u${index}.test.`,
    `u${index}`,
    `bücher${index}.test`,
    `u_${index}.test`,
    `10.9.${index % 250}.${below(250)}`,
    `[fd77::${index.toString(16)}]`,
  ]);
  const port = pick(['', '', ':80', ':443', ':8080', ':8443']);
  const rest = pick(['', '/', '/a/b', '/a?q=1', '/%7e/%41', '/a#f', '/a/../b', '/ü?ä', '/?', "/a'b", '/a%20b']);
  return `${pick(['http', 'https'])}://${user}${host}${port}${rest}`;
}

/** A few conditions in a row, as people write them; a helper may throw. */
function script(pick: Pick, below: (limit: number) => number, known: readonly (readonly [string, Make])[]): string {
  const condition = (): string => {
    const [, make] = pick(known);
    return `${pick(['', '!'])}${make(pick, below)}`;
  };
  const lines = Array.from(
    { length: 1 + below(4) },
    (_, at) =>
      `if (${condition()} ${pick(['&&', '||'])} ${condition()}) return "PROXY p${at}.nx.test:${1 + below(60000)}";`,
  );
  return `(function () { ${lines.join(' ')} return ${text(returned(pick, below))}; })()`;
}
