/** Records of TLS 1.2 (RFC 5246, 5288, 7905) and 1.3 (RFC 8446) opened with secrets of a key log: AEAD suites only. */
import { createDecipheriv, createHmac } from 'node:crypto';

interface Suite {
  name: string;
  hash: 'sha256' | 'sha384';
  key: 16 | 32;
  aead: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305';
}

const gcm128 = { hash: 'sha256', key: 16, aead: 'aes-128-gcm' } as const;
const gcm256 = { hash: 'sha384', key: 32, aead: 'aes-256-gcm' } as const;
const chacha = { hash: 'sha256', key: 32, aead: 'chacha20-poly1305' } as const;

/** IANA's numbers, OpenSSL's names: those that events have. */
const suites: Readonly<Record<number, Suite>> = {
  0x1301: { name: 'TLS_AES_128_GCM_SHA256', ...gcm128 },
  0x1302: { name: 'TLS_AES_256_GCM_SHA384', ...gcm256 },
  0x1303: { name: 'TLS_CHACHA20_POLY1305_SHA256', ...chacha },
  0x009c: { name: 'AES128-GCM-SHA256', ...gcm128 },
  0x009d: { name: 'AES256-GCM-SHA384', ...gcm256 },
  0x009e: { name: 'DHE-RSA-AES128-GCM-SHA256', ...gcm128 },
  0x009f: { name: 'DHE-RSA-AES256-GCM-SHA384', ...gcm256 },
  0xc02b: { name: 'ECDHE-ECDSA-AES128-GCM-SHA256', ...gcm128 },
  0xc02c: { name: 'ECDHE-ECDSA-AES256-GCM-SHA384', ...gcm256 },
  0xc02f: { name: 'ECDHE-RSA-AES128-GCM-SHA256', ...gcm128 },
  0xc030: { name: 'ECDHE-RSA-AES256-GCM-SHA384', ...gcm256 },
  0xcca8: { name: 'ECDHE-RSA-CHACHA20-POLY1305', ...chacha },
  0xcca9: { name: 'ECDHE-ECDSA-CHACHA20-POLY1305', ...chacha },
};

export const suiteName = (number: number): string =>
  suites[number]?.name ?? `0x${number.toString(16).padStart(4, '0')}`;

export const isReadable = (cipher: number): boolean => cipher in suites;

/** Opens the records of one direction, in order. */
export interface Opener {
  /** `header` are the five bytes of the record. Undefined when it does not fit the key. */
  open: (header: Buffer, fragment: Buffer) => { type: number; content: Buffer } | undefined;
  /** A record that is not in the capture. */
  skip: () => void;
}

/** Records of TLS 1.3 under a traffic secret. */
export function openerOf13(cipher: number, secret: Buffer): (Opener & { next: () => Opener }) | undefined {
  const suite = suites[cipher];
  if (!suite) return undefined;
  const key = expandLabel(suite.hash, secret, 'key', suite.key);
  const iv = expandLabel(suite.hash, secret, 'iv', 12);
  let count = 0n;
  return {
    open(header, fragment) {
      const plain = unseal(suite, { key, nonce: mixed(iv, count), aad: header, fragment });
      count += 1n;
      if (!plain) return undefined;
      let end = plain.length;
      while (end > 0 && plain[end - 1] === 0) end -= 1;
      return end === 0 ? undefined : { type: plain[end - 1] ?? 0, content: plain.subarray(0, end - 1) };
    },
    skip: () => {
      count += 1n;
    },
    next: () => openerOf13(cipher, expandLabel(suite.hash, secret, 'traffic upd', secret.length)) as Opener,
  };
}

/** Both directions of TLS 1.2 under a master secret; randoms in hex. */
export function openersOf12(
  cipher: number,
  master: Buffer,
  randoms: { client: string; server: string },
): { up: Opener; down: Opener } | undefined {
  const suite = suites[cipher];
  if (!suite) return undefined;
  const ivLength = suite.aead === 'chacha20-poly1305' ? 12 : 4;
  const seed = Buffer.concat([Buffer.from('key expansion'), Buffer.from(randoms.server + randoms.client, 'hex')]);
  const block = prf(suite.hash, master, seed, 2 * suite.key + 2 * ivLength);
  const ivs = 2 * suite.key;
  const side = (nth: 0 | 1): Opener =>
    openerOf12(suite, {
      key: block.subarray(nth * suite.key, (nth + 1) * suite.key),
      iv: block.subarray(ivs + nth * ivLength, ivs + (nth + 1) * ivLength),
    });
  return { up: side(0), down: side(1) };
}

function openerOf12(suite: Suite, { key, iv }: { key: Buffer; iv: Buffer }): Opener {
  const explicit = suite.aead === 'chacha20-poly1305' ? 0 : 8;
  let count = 0n;
  return {
    open(header, fragment) {
      const type = header[0] ?? 0;
      const length = fragment.length - explicit - 16;
      if (length < 0) return undefined;
      const aad = Buffer.concat([number64(count), header.subarray(0, 3), Buffer.of(length >> 8, length & 255)]);
      const nonce = explicit > 0 ? Buffer.concat([iv, fragment.subarray(0, explicit)]) : mixed(iv, count);
      count += 1n;
      const content = unseal(suite, { key, nonce, aad, fragment: fragment.subarray(explicit) });
      return content && { type, content };
    },
    skip: () => {
      count += 1n;
    },
  };
}

interface Sealed {
  key: Buffer;
  nonce: Buffer;
  aad: Buffer;
  fragment: Buffer;
}

function unseal({ aead }: Suite, { key, nonce, aad, fragment }: Sealed): Buffer | undefined {
  if (fragment.length < 16) return undefined;
  try {
    const end = fragment.length - 16;
    // The options are the same for GCM; Node's types know them for CCM-like modes only by this name.
    const decipher = createDecipheriv(aead as 'chacha20-poly1305', key, nonce, { authTagLength: 16 });
    decipher.setAAD(aad, { plaintextLength: end });
    decipher.setAuthTag(fragment.subarray(end));
    return Buffer.concat([decipher.update(fragment.subarray(0, end)), decipher.final()]);
  } catch {
    // A wrong key or a harmed record: it stays closed.
    return undefined;
  }
}

function mixed(iv: Buffer, count: bigint): Buffer {
  const nonce = Buffer.from(iv);
  const number = number64(count);
  for (let at = 0; at < 8; at += 1)
    nonce[nonce.length - 8 + at] = (nonce[nonce.length - 8 + at] ?? 0) ^ (number[at] ?? 0);
  return nonce;
}

function number64(count: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(count);
  return bytes;
}

/** HKDF-Expand-Label with an empty context (RFC 8446 7.1). */
function expandLabel(hash: string, secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.of(length >> 8, length & 255, name.length), name, Buffer.of(0)]);
  let out = Buffer.alloc(0);
  let last = Buffer.alloc(0);
  for (let nth = 1; out.length < length; nth += 1) {
    last = createHmac(hash, secret)
      .update(Buffer.concat([last, info, Buffer.of(nth)]))
      .digest();
    out = Buffer.concat([out, last]);
  }
  return out.subarray(0, length);
}

/** P_hash of RFC 5246 5. */
function prf(hash: string, secret: Buffer, seed: Buffer, length: number): Buffer {
  let out = Buffer.alloc(0);
  let a = seed;
  while (out.length < length) {
    a = createHmac(hash, secret).update(a).digest();
    out = Buffer.concat([out, createHmac(hash, secret).update(a).update(seed).digest()]);
  }
  return out.subarray(0, length);
}
