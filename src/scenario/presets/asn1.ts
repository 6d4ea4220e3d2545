/** Elements of DER as text, one character a byte: for contents that only have to look right to a capture. */
export const element = (tag: number, ...contents: (string | number)[]): string => {
  const content = contents.map((part) => (typeof part === 'number' ? String.fromCharCode(part) : part)).join('');
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x1_00 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return String.fromCharCode(tag, ...size) + content;
};

export const sequence = (...contents: string[]): string => element(0x30, ...contents);

/** The algorithm Ed25519 (RFC 8410), whose name is short. */
export const ed25519 = sequence(element(0x06, 0x2b, 0x65, 0x70));
