/** A registry export without its secrets: the keys and values that speak of proxies; everything else is an empty line. */
import type { Redactor } from './redactor.ts';

const keys =
  /\\(?:internet settings(?:\\connections|\\winhttp)?|microsoft (?:azure ad app proxy connector|entra private network connector)|session manager\\environment|winhttpautoproxysvc)$/i;

const names =
  /^(?:defaultconnectionsettings|winhttpsettings|proxyenable|proxyserver|proxyoverride|autodetect|autoconfigurl|proxysettingsperuser|disablewpad|disableproxyauthenticationschemes|start|usedefaultproxyforbackendrequests|\w+_proxy)$/i;

interface Entry {
  lines: string[];
  text: string;
}

export function redactRegistry(text: string, redactor: Redactor): string {
  const end = /\r\n/.test(text) ? '\r\n' : '\n';
  let kept = false;
  return entriesOf(text)
    .map(({ lines, text: whole }) => {
      const rest = lines.slice(1).map(() => '');
      if (/^\s*(?:Windows Registry Editor Version 5\.00|REGEDIT4)\s*$/.test(whole)) return [whole, ...rest];
      const key = /^\s*\[(-?.+)\]\s*$/.exec(whole)?.[1];
      if (key !== undefined) {
        kept = keys.test(key);
        return [kept ? `[${redactKey(key, redactor)}]` : '', ...rest];
      }
      return [kept ? redactValue(whole.trim(), redactor) : '', ...rest];
    })
    .flat()
    .join(end);
}

/** Lines of hexadecimal go on after a backslash. */
function entriesOf(text: string): Entry[] {
  const entries: Entry[] = [];
  let open = false;
  for (const line of text.split(/\r?\n/)) {
    const goesOn: boolean = /=hex.*\\\s*$/.test(line) || (open && /\\\s*$/.test(line));
    const own = goesOn ? line.replace(/\\\s*$/, '') : line;
    const last = entries.at(-1);
    if (open && last) {
      last.lines.push(line);
      last.text += own.trim();
    } else entries.push({ lines: [line], text: own });
    open = goesOn;
  }
  return entries;
}

/** Accounts of Windows itself are the same everywhere; a person's is a long number. */
const redactKey = (key: string, redactor: Redactor): string =>
  key.replace(/S-1-5-21-[\d-]+|(?<=^HKEY_USERS\\)(?!S-1-5-(?:18|19|20)\b|\.DEFAULT)[^\\]+/i, (account) =>
    redactor.words.in(account),
  );

function redactValue(line: string, redactor: Redactor): string {
  const [, name = '', data = ''] = /^"((?:[^"\\]|\\.)*)"\s*=\s*(.*)$/.exec(line) ?? [];
  if (!names.test(name)) return '';
  if (/^dword:[\da-f]{1,8}$/i.test(data) || data === '-') return line;
  const text = /^"((?:[^"\\]|\\.)*)"$/.exec(data)?.[1];
  if (text !== undefined) {
    const plain = text.replace(/\\(.)/g, '$1');
    return `"${name}"="${redactor.text(plain).replace(/["\\]/g, '\\$&')}"`;
  }
  const [, type, digits = ''] = /^hex(?:\(([\da-f]+)\))?:([\da-f,\s]*)$/i.exec(data) ?? [];
  const bytes = Buffer.from(digits.replace(/[^\da-f]/gi, ''), 'hex');
  const changed = type === undefined ? connection(bytes, redactor) : wide(bytes, redactor);
  const hex = [...changed].map((byte) => byte.toString(16).padStart(2, '0')).join(',');
  return `"${name}"=hex${type === undefined ? '' : `(${type})`}:${hex}`;
}

/** REG_SZ and its like: UTF-16. Numbers have four or eight bytes and no text. */
const wide = (bytes: Buffer, redactor: Redactor): Buffer =>
  bytes.length <= 8 ? bytes : Buffer.from(redactor.text(bytes.toString('utf16le')), 'utf16le');

/** Three texts with their lengths behind twelve bytes; what follows is nothing that anybody reads here. */
function connection(bytes: Buffer, redactor: Redactor): Buffer {
  if (bytes.length < 12) return bytes;
  const parts = [bytes.subarray(0, 12)];
  let at = 12;
  for (let count = 0; count < 3 && at + 4 <= bytes.length; count += 1) {
    const length = bytes.readUInt32LE(at);
    const cut = at + 4 + length > bytes.length;
    const text = redactor.text(bytes.toString('latin1', at + 4, Math.min(bytes.length, at + 4 + length)));
    const size = Buffer.alloc(4);
    // A length that pointed behind the end still does.
    size.writeUInt32LE(cut ? text.length + 1 : text.length);
    parts.push(size, Buffer.from(text, 'latin1'));
    at += 4 + length;
  }
  return Buffer.concat(parts);
}
