/**
 * Addresses and their stand-ins. What tells a network apart is changed, what tells hosts within it apart stays, so that
 * masks, ranges and comparisons still hold: 10.x is another 10.x, and a public network one that is kept for tests
 * (198.18.0.0/15 and 100.64.0.0/10). Loopback, link-local, multicast, masks and the examples of RFC 5737 stay.
 */

const stays =
  /^(?:0\.|127\.|169\.254\.|2(?:2[4-9]|[345]\d)\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|198\.1[89]\.|168\.63\.129\.16$|10\.0\.0\.0$|172\.16\.0\.0$|192\.168\.0\.0$)/;

/** Any odd number: two networks next to each other become two next to each other. */
const turn = { ten: 0x5b, twelve: 0x0b, sixteen: 0x6d };

export class Addresses {
  readonly #map = new Map<string, string>();
  readonly #networks = new Map<string, string>();
  /** By their groups. */
  readonly #six = new Map<string, string>();
  readonly #sixNetworks: string[] = [];

  get map(): ReadonlyMap<string, string> {
    return this.#map;
  }

  /** `bits` of a network, where they stand beside it: those of hosts are 0 then. */
  four(text: string, bits?: number): string {
    if (stays.test(text)) return text;
    const octets = text.split('.').map(Number);
    const [a = 0, b = 0, c = 0, d = 0] = octets;
    if (octets.some((octet) => octet > 255)) return text;
    const changed = this.#changed(a, b, c, d);
    const found = bits === undefined ? changed : masked(changed, bits);
    this.#map.set(text, found);
    return found;
  }

  #changed(a: number, b: number, c: number, d: number): string {
    if (a === 10) return `10.${b ^ turn.ten}.${c}.${d}`;
    if (a === 172 && b >> 4 === 1) return `172.${16 + ((b & 15) ^ turn.twelve)}.${c}.${d}`;
    if (a === 192 && b === 168) return `192.168.${c ^ turn.sixteen}.${d}`;
    const key = `${a}.${b}`;
    const count = this.#networks.size;
    const network = this.#networks.get(key) ?? (count < 2 ? `198.${18 + count}` : `100.${64 + ((count - 2) % 64)}`);
    this.#networks.set(key, network);
    return `${network}.${c}.${d}`;
  }

  /** A beginning of an address, as patterns have it: `10.20.` */
  begins(text: string): string {
    const [a = 0, b = 0, c = 0] = text.split('.').filter(Boolean).map(Number);
    const count = text.split('.').filter(Boolean).length;
    if (count < 2 || (a === 192 && b === 168 && count < 3) || stays.test(`${a}.${b}.${c}.1`)) return text;
    const found = this.#changed(a, b, c, 0).split('.').slice(0, count).join('.');
    return text.endsWith('.') ? `${found}.` : found;
  }

  /** However it is spelt: one address has one stand-in. */
  six(text: string): string {
    const lower = text.toLowerCase();
    const groups = groupsOf(lower);
    if (!groups || staysSix.test(lower)) return text;
    const whole = groups.join(':');
    const known = this.#six.get(whole);
    if (known === undefined) this.#six.set(whole, this.#sixFor(groups));
    const found = known ?? this.#six.get(whole) ?? text;
    this.#map.set(lower, found);
    return found;
  }

  /** Link-local and multicast ones stay what they are; the last part of the former names a network card. */
  #sixFor(groups: readonly string[]): string {
    const [first = ''] = groups;
    const count = (this.#six.size + 1).toString(16);
    if (/^fe[89ab]/.test(first)) return `fe80::${count}`;
    if (first.startsWith('ff')) return `${first}::${count}`;
    const network = groups.slice(0, 3).join(':');
    const own = `2001:db8:${this.#network(network)}`;
    const [subnet = '0'] = groups.slice(3);
    const host = groups.slice(4).every((group) => group === '0') ? '' : count;
    return `${own}:${subnet === '0' ? '' : `${subnet}:`}:${host}`;
  }

  /** A provider's network and a site's, in hex from 1. */
  #network(groups: string): string {
    const at = this.#sixNetworks.indexOf(groups);
    if (at < 0) this.#sixNetworks.push(groups);
    return (at < 0 ? this.#sixNetworks.length : at + 1).toString(16);
  }

  /** A beginning of one of version 6, as patterns have it: `2a02:8109:1a2b:`. */
  beginsSix(text: string): string {
    const groups = text.toLowerCase().split(':').filter(Boolean);
    if (/^(?:2001:db8:|fe80:|ff)/i.test(text)) return text;
    if (groups.length < 3)
      return ['2001', 'db8']
        .slice(0, groups.length)
        .map((group) => `${group}:`)
        .join('');
    const whole = groups.map((group) => group.replace(/^0+(?=.)/, ''));
    return `2001:db8:${this.#network(whole.slice(0, 3).join(':'))}:${whole
      .slice(3)
      .map((group) => `${group}:`)
      .join('')}`;
  }

  /** What stands before an address of version 4 within one of version 6: `::ffff:`, `64:ff9b::`. */
  mapped(text: string): string {
    return /^(?:::|::ffff:(?:0:)?|64:ff9b::)$/i.test(text) ? text : '64:ff9b::';
  }

  /** The name of a reverse lookup, as far as it goes: nibbles from behind, a dot after each. */
  nibbles(text: string): string {
    const digits = text.split('.').filter(Boolean).toReversed().join('');
    const groups = groupsOf(digits.padEnd(32, '0').match(/.{4}/g)?.join(':') ?? '');
    const found = groups && groupsOf(this.six(groups.join(':')));
    const all = (found ?? []).map((group) => group.padStart(4, '0')).join('');
    return Array.from(all.slice(0, digits.length))
      .toReversed()
      .map((digit) => `${digit}.`)
      .join('');
  }
}

/** None, the loopback, groups that have one number everywhere, and the examples of RFC 3849. */
const staysSix = /^(?:::1?|ff0\d::(?:1|2|c|16|fb|1:[23])|2001:db8:.*)$/;

/** Eight groups without leading zeros; undefined when it is no address. */
function groupsOf(text: string): string[] | undefined {
  const [head = '', tail, more] = text.split('::');
  const list = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [before, after] = [list(head), list(tail ?? '')];
  const missing = 8 - before.length - after.length;
  if (more !== undefined || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const groups = [...before, ...Array.from({ length: tail === undefined ? 0 : missing }, () => '0'), ...after];
  return groups.every((group) => /^[\da-f]{1,4}$/.test(group))
    ? groups.map((group) => group.replace(/^0+(?=.)/, ''))
    : undefined;
}

function masked(address: string, bits: number): string {
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const host = 2 ** (32 - bits);
  const network = Math.floor(number / host) * host;
  return [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join('.');
}
