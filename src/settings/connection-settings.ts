/**
 * The binary values in which Windows keeps proxy settings: `DefaultConnectionSettings` of WinINET and
 * `WinHttpSettings` of netsh. Little endian: size or version, counter, flags, then texts with their lengths.
 * The layout is not documented by Microsoft; it is common knowledge of many tools.
 */

export interface ConnectionSettings {
  proxy: string | undefined;
  bypass: string | undefined;
  scriptUrl: string | undefined;
  autoDetect: boolean;
}

const flag = { proxy: 2, script: 4, autoDetect: 8 } as const;

/** Undefined when the bytes are too short or their lengths point outside. */
export function parseConnectionSettings(bytes: Uint8Array): ConnectionSettings | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12) return undefined;
  const flags = view.getUint32(8, true);
  const texts: string[] = [];
  let offset = 12;
  while (texts.length < 3 && offset + 4 <= bytes.length) {
    const length = view.getUint32(offset, true);
    if (offset + 4 + length > bytes.length) return undefined;
    texts.push(new TextDecoder('windows-1252').decode(bytes.subarray(offset + 4, offset + 4 + length)));
    offset += 4 + length;
  }
  const [proxy, bypass, scriptUrl] = texts;
  const enabled = (flags & flag.proxy) !== 0;
  return {
    proxy: enabled && proxy ? proxy : undefined,
    bypass: enabled && bypass ? bypass : undefined,
    scriptUrl: (flags & flag.script) !== 0 && scriptUrl ? scriptUrl : undefined,
    autoDetect: (flags & flag.autoDetect) !== 0,
  };
}
