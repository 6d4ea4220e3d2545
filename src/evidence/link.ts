/** From a frame to the IP packet in it: Ethernet with VLAN tags, Linux cooked, BSD loopback, raw IP. */

const ipv4 = 0x0800;
const ipv6 = 0x86dd;
/** IEEE 802.1Q, 802.1ad and the tag that came before it. */
const tags = new Set([0x8100, 0x88a8, 0x9100]);

/** Null: something else than IP. Undefined: a link type that is not known here. */
type Opened = Buffer | null | undefined;

/** AF_INET, and the numbers that systems have for AF_INET6. */
const families: Readonly<Record<number, true>> = { 2: true, 10: true, 23: true, 24: true, 28: true, 30: true };

const openers: Readonly<Record<number, (bytes: Buffer) => Opened>> = {
  0: loopback,
  1: ethernet,
  12: raw,
  14: raw,
  101: raw,
  108: loopback,
  113: (bytes) => (bytes.length < 16 ? null : tagged(bytes, 14)),
  228: raw,
  229: raw,
  276: (bytes) => (bytes.length < 20 ? null : byType(bytes.readUInt16BE(0), bytes.subarray(20))),
};

/** The IP packet in a frame of this link type. */
export const ipIn = (link: number, bytes: Buffer): Opened => openers[link]?.(bytes);

function ethernet(bytes: Buffer): Opened {
  return bytes.length < 14 ? null : tagged(bytes, 12);
}

/** The type at `at`, behind any number of VLAN tags. */
function tagged(bytes: Buffer, at: number): Opened {
  for (let place = at; place + 2 <= bytes.length; place += 4) {
    const type = bytes.readUInt16BE(place);
    if (!tags.has(type)) return byType(type, bytes.subarray(place + 2));
  }
  return null;
}

const byType = (type: number, rest: Buffer): Opened => (type === ipv4 || type === ipv6 ? rest : null);

function raw(bytes: Buffer): Opened {
  const version = (bytes[0] ?? 0) >> 4;
  return version === 4 || version === 6 ? bytes : null;
}

/** Four bytes of address family, in the byte order of the machine that captured. */
function loopback(bytes: Buffer): Opened {
  if (bytes.length < 4) return null;
  const known = families[bytes.readUInt32LE(0)] ?? families[bytes.readUInt32BE(0)];
  return known ? raw(bytes.subarray(4)) : null;
}
