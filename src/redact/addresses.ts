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
  readonly #six = new Map<string, string>();

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

  six(text: string): string {
    const lower = text.toLowerCase();
    if (/^(?:::1?|fe80:|ff|2001:db8:)/.test(lower) || !/:/.test(lower)) return text;
    const known = this.#six.get(lower);
    if (known !== undefined) return known;
    const network = lower.split(':').slice(0, 3).join(':');
    const networks = [...new Set([...this.#six.keys()].map((each) => each.split(':').slice(0, 3).join(':')))];
    const at = networks.includes(network) ? networks.indexOf(network) : networks.length;
    const found = `2001:db8:${(at + 1).toString(16)}::${(this.#six.size + 1).toString(16)}`;
    this.#six.set(lower, found);
    this.#map.set(lower, found);
    return found;
  }
}

function masked(address: string, bits: number): string {
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const host = 2 ** (32 - bits);
  const network = Math.floor(number / host) * host;
  return [24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join('.');
}
