/**
 * What all dialled connections read into: node:net would take 64 KiB for each read, however few bytes come. Whatever
 * is kept beyond the callback is copied.
 */
export const common = Buffer.allocUnsafeSlow(64 * 1024);
export const intoCommon = {
  buffer: common,
  // Called on the socket.
  callback(this: unknown, length: number): boolean {
    return (this as { took: (length: number) => boolean }).took(length);
  },
};
