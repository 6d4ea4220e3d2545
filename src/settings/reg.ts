/**
 * Registry exports (`.reg`): keys, values and the place of each. Only the file's own grammar; what the values mean is
 * in `registry.ts`.
 */
import { InputError } from '../failure.ts';
import type { Problem } from '../failure.ts';
import type { Setting } from './layers.ts';
import { problemAt } from './source.ts';
import type { SourceText } from './source.ts';

/** A DWORD is a number, a QWORD a bigint, a string a string, everything else bytes. */
export type RegValue = number | bigint | string | Uint8Array;

export interface RegKey {
  /** `HKEY_LOCAL_MACHINE\Software\…` as written. */
  path: string;
  /** By name in lower case; the key's default value has the empty name. */
  values: ReadonlyMap<string, Setting<RegValue>>;
}

export const isReg = (text: string): boolean => /^\s*(Windows Registry Editor Version 5\.00|REGEDIT4)\s*$/m.test(text);

const noHeader = "the first line of a registry export is 'Windows Registry Editor Version 5.00'";

interface Line {
  /** The whole value, of all its rows. */
  text: string;
  /** Each as it stands, without the backslash at its end. */
  rows: { text: string; number: number }[];
  /** It ends with a backslash, and nothing follows. */
  open: boolean;
}

/** Who has that many sent something else. */
const mostProblems = 50;

/** Throws InputError with the lines that make no sense. */
export function parseReg(source: SourceText): RegKey[] {
  const problems: Problem[] = isReg(source.text) ? [] : [problemAt(source, noHeader, 0)];
  const ansi = /^\s*REGEDIT4\s*$/m.test(source.text);
  const keys: { path: string; values: Map<string, Setting<RegValue>> }[] = [];
  for (const line of logicalLines(source.text)) {
    if (problems.length >= mostProblems) break;
    const text = line.text.trim();
    if (text === '' || text.startsWith(';') || isReg(text)) continue;
    const key = /^\[(-?)(.+)\]$/.exec(text);
    if (key) {
      keys.push({ path: key[1] === '-' ? '' : (key[2] ?? ''), values: new Map() });
      continue;
    }
    const value = parseValue(line, ansi);
    const holder = keys[keys.length - 1];
    const at = { file: source.file, ...startOf(line) };
    if ('wrong' in value) problems.push(problemAt(source, value.wrong, value.at ?? at));
    else if (!holder) problems.push(problemAt(source, 'this value stands under no key', at));
    else if (value.data === undefined) holder.values.delete(value.name);
    else holder.values.set(value.name, { value: value.data, origin: at });
  }
  if (problems.length > 0) throw new InputError(problems);
  return keys.filter(({ path }) => path !== '');
}

const startOf = ({ rows: [row] }: Line): { line: number; column: number } => ({
  line: row?.number ?? 1,
  column: (row?.text.search(/\S/) ?? 0) + 1,
});

/** Lines of hexadecimal go on after a backslash at their end, texts until their closing quote. */
function logicalLines(text: string): Line[] {
  const raw = text.split(/\r?\n/);
  const lines: Line[] = [];
  for (let index = 0; index < raw.length;) {
    const hex = /=hex.*\\\s*$/i.test(raw[index] ?? '');
    const count = hex ? hexRows(raw, index) : textRows(raw, index);
    const rows = raw.slice(index, index + count).map((row, at) => ({ text: row, number: index + at + 1 }));
    const [first, ...more] = rows.map((row) => row.text.replace(/\\\s*$/, ''));
    lines.push({
      text: hex ? [first, ...more.map((row) => row.trim())].join('') : rows.map((row) => row.text).join('\n'),
      rows,
      open: hex && (more[more.length - 1] ?? '').trim() === '',
    });
    index += count;
  }
  return lines;
}

/** With the row after the last backslash, also when it is not there. */
function hexRows(raw: readonly string[], from: number): number {
  let count = 1;
  while (from + count < raw.length && /\\\s*$/.test(raw[from + count - 1] ?? '')) count += 1;
  return count;
}

const beginsText = /^\s*(?:@|"(?:[^"\\]|\\.)*")\s*=\s*"(?:[^"\\]|\\.)*$/;
const hasQuote = /^(?:[^"\\]|\\.)*"/;
const endsText = /^(?:[^"\\]|\\.)*"\s*$/;

/** A text with line breaks in it stands in as many rows; one whose quote is never closed in one. */
function textRows(raw: readonly string[], from: number): number {
  if (!beginsText.test(raw[from] ?? '')) return 1;
  const rest = raw.slice(from + 1).findIndex((row) => hasQuote.test(row));
  return rest >= 0 && endsText.test(raw[from + 1 + rest] ?? '') ? rest + 2 : 1;
}

type Parsed = { name: string; data: RegValue | undefined } | { wrong: string; at?: { line: number; column: number } };

/** The value, with `data` undefined for a deletion; or what is wrong with the line. */
function parseValue(line: Line, ansi: boolean): Parsed {
  const match = /^(?:@|"((?:[^"\\]|\\.)*)")\s*=\s*([\s\S]*)$/.exec(line.text.trim());
  if (!match) return { wrong: 'this line is neither a key nor a value' };
  const name = unescaped(match[1] ?? '').toLowerCase();
  const data = match[2] ?? '';
  if (data === '-') return { name, data: undefined };
  const string = /^"((?:[^"\\]|\\.)*)"$/.exec(data);
  if (string) return { name, data: unescaped(string[1] ?? '') };
  const number = /^dword:([0-9a-f]{1,8})$/i.exec(data);
  if (number) return { name, data: Number.parseInt(number[1] ?? '', 16) };
  const hex = /^hex(?:\(([0-9a-f]+)\))?:(.*)$/i.exec(data);
  if (!hex) return { wrong: `'${data.slice(0, 40)}' is no registry value` };
  const bytes = bytesOf(hex[2] ?? '');
  if (!bytes) return { wrong: 'bytes are two hexadecimal digits each, parted by commas', at: badByte(line) };
  if (line.open) return { wrong: 'the value goes on after the backslash, and nothing follows', at: lastPlace(line) };
  return { name, data: typed(hex[1], bytes, ansi) };
}

const unescaped = (text: string): string => text.replace(/\\([\s\S])/g, '$1');

function bytesOf(text: string): Uint8Array | undefined {
  const parts = text.split(',').map((part) => part.trim());
  if (parts[parts.length - 1] === '') parts.pop();
  return parts.every((part) => /^[0-9a-f]{2}$/i.test(part))
    ? Uint8Array.from(parts, (part) => Number.parseInt(part, 16))
    : undefined;
}

/** The first byte that is none. */
function badByte(line: Line): { line: number; column: number } {
  for (const [index, { text, number }] of line.rows.entries()) {
    const from = index === 0 ? text.search(/hex[^:]*:/i) + (/hex[^:]*:/i.exec(text)?.[0].length ?? 0) : 0;
    let column = from;
    for (const part of text
      .slice(from)
      .replace(/\\\s*$/, '')
      .split(',')) {
      if (part.trim() !== '' && !/^[0-9a-f]{2}$/i.test(part.trim()))
        return { line: number, column: column + part.search(/\S/) + 1 };
      column += part.length + 1;
    }
  }
  return startOf(line);
}

/** The last backslash. */
function lastPlace(line: Line): { line: number; column: number } {
  const row = line.rows.findLast(({ text }) => /\\\s*$/.test(text));
  return row ? { line: row.number, column: row.text.lastIndexOf('\\') + 1 } : startOf(line);
}

/**
 * REG_SZ and REG_EXPAND_SZ are texts, in UTF-16 or in REGEDIT4 of one byte a character; REG_DWORD and REG_QWORD are
 * numbers; others stay bytes.
 */
function typed(type: string | undefined, bytes: Uint8Array, ansi: boolean): RegValue {
  if (type === '1' || type === '2')
    return new TextDecoder(ansi ? 'windows-1252' : 'utf-16le').decode(bytes).replace(/\0+$/, '');
  if (type === '4') return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  if (type?.toLowerCase() === 'b') return bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return bytes;
}
