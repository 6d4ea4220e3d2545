/** MD4 (RFC 1320), which NTLM hashes passwords with and OpenSSL 3 no longer offers. */
export function md4(message: Uint8Array): Buffer {
  const padded = Buffer.alloc(Math.ceil((message.length + 9) / 64) * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  padded.writeUInt32LE((message.length << 3) >>> 0, padded.length - 8);
  padded.writeUInt32LE(message.length >>> 29, padded.length - 4);
  let state: State = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < padded.length; at += 64) {
    const words = Array.from({ length: 16 }, (_, index) => padded.readUInt32LE(at + index * 4));
    const mixed = rounds.reduce((sum, round) => mix(sum, words, round), state);
    state = state.map((word, index) => (word + (mixed[index] ?? 0)) >>> 0) as State;
  }
  const digest = Buffer.alloc(16);
  state.forEach((word, index) => digest.writeUInt32LE(word, index * 4));
  return digest;
}

type State = [number, number, number, number];

interface Round {
  of: (x: number, y: number, z: number) => number;
  plus: number;
  shifts: readonly number[];
  order: readonly number[];
}

const rounds: readonly Round[] = [
  {
    of: (x, y, z) => (x & y) | (~x & z),
    plus: 0,
    shifts: [3, 7, 11, 19],
    order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  },
  {
    of: (x, y, z) => (x & y) | (x & z) | (y & z),
    plus: 0x5a827999,
    shifts: [3, 5, 9, 13],
    order: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
  },
  {
    of: (x, y, z) => x ^ y ^ z,
    plus: 0x6ed9eba1,
    shifts: [3, 9, 11, 15],
    order: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
  },
];

function mix(from: State, words: readonly number[], { of, plus, shifts, order }: Round): State {
  let [a, b, c, d] = from;
  order.forEach((word, step) => {
    const sum = (a + of(b, c, d) + (words[word] ?? 0) + plus) >>> 0;
    const shift = shifts[step % 4] ?? 0;
    [a, b, c, d] = [d, ((sum << shift) | (sum >>> (32 - shift))) >>> 0, b, c];
  });
  return [a, b, c, d];
}
