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

const kinds = ['its proxy', 'its bypass list', 'the address of its script'] as const;

/** `WinHttpSettings` has no script. Bytes that end where something should follow are told in a sentence's end. */
export function parseConnectionSettings(bytes: Uint8Array, holds: 2 | 3): ConnectionSettings | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12) return `it ends after ${bytes.length} bytes, before its flags`;
  const flags = view.getUint32(8, true);
  const wanted = (flags & flag.script) !== 0 ? holds : (flags & flag.proxy) !== 0 ? 2 : 0;
  const texts: string[] = [];
  let offset = 12;
  for (const kind of kinds.slice(0, holds)) {
    const left = bytes.length - offset;
    if (left === 0 && texts.length >= wanted) break;
    if (left < 4) return `it ends after ${bytes.length} bytes, before the length of ${kind}`;
    const length = view.getUint32(offset, true);
    if (length > left - 4) return `the length of ${kind} points behind its end`;
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
