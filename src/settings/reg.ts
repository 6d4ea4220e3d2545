/**
 * Registry exports (`.reg`): keys, values and the place of each. Only the file's own grammar; what the values mean is
 * in `registry.ts`.
 */
import { InputError } from '../failure.ts';
import type { Problem } from '../failure.ts';
import type { Setting } from './layers.ts';
import { problemAt } from './source.ts';
import type { SourceText } from './source.ts';

/** A DWORD or QWORD is a number, a string a string, everything else bytes. */
export type RegValue = number | string | Uint8Array;

export interface RegKey {
  /** `HKEY_LOCAL_MACHINE\Software\…` as written. */
  path: string;
  /** By name in lower case; the key's default value has the empty name. */
  values: ReadonlyMap<string, Setting<RegValue>>;
}

export const isReg = (text: string): boolean => /^\s*(Windows Registry Editor Version 5\.00|REGEDIT4)\s*$/m.test(text);

const noHeader = "the first line of a registry export is 'Windows Registry Editor Version 5.00'";

interface Line {
  text: string;
  /** 1-based. */
  number: number;
}

/** Who has that many sent something else. */
const mostProblems = 50;

/** Throws InputError with the lines that make no sense. */
export function parseReg(source: SourceText): RegKey[] {
  const problems: Problem[] = isReg(source.text) ? [] : [problemAt(source, noHeader, 0)];
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
    const at = { file: source.file, line: line.number, column: line.text.search(/\S/) + 1 };
    const value = parseValue(text);
    const holder = keys[keys.length - 1];
    if (typeof value === 'string') problems.push(problemAt(source, value, at));
    else if (!holder) problems.push(problemAt(source, 'this value stands under no key', at));
    else if (value.data === undefined) holder.values.delete(value.name);
    else holder.values.set(value.name, { value: value.data, origin: at });
  }
  if (problems.length > 0) throw new InputError(problems);
  return keys.filter(({ path }) => path !== '');
}

/** Lines of hexadecimal go on after a backslash at their end. */
function logicalLines(text: string): Line[] {
  const lines: Line[] = [];
  let open = false;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const goesOn: boolean = /=hex.*\\\s*$/.test(raw) || (open && /\\\s*$/.test(raw));
    const own = goesOn ? raw.replace(/\\\s*$/, '') : raw;
    const last = lines[lines.length - 1];
    if (open && last) last.text += own.trim();
    else lines.push({ text: own, number: index + 1 });
    open = goesOn;
  }
  return lines;
}

/** The value, with `data` undefined for a deletion; or what is wrong with the line. */
function parseValue(text: string): { name: string; data: RegValue | undefined } | string {
  const match = /^(?:@|"((?:[^"\\]|\\.)*)")\s*=\s*(.*)$/.exec(text);
  if (!match) return 'this line is neither a key nor a value';
  const name = unescaped(match[1] ?? '').toLowerCase();
  const data = match[2] ?? '';
  if (data === '-') return { name, data: undefined };
  const string = /^"((?:[^"\\]|\\.)*)"$/.exec(data);
  if (string) return { name, data: unescaped(string[1] ?? '') };
  const number = /^dword:([0-9a-f]{1,8})$/i.exec(data);
  if (number) return { name, data: Number.parseInt(number[1] ?? '', 16) };
  const hex = /^hex(?:\(([0-9a-f]+)\))?:([0-9a-f,\s]*)$/i.exec(data);
  if (!hex) return `'${data.slice(0, 40)}' is no registry value`;
  const bytes = bytesOf(hex[2] ?? '');
  return bytes ? { name, data: typed(hex[1], bytes) } : 'bytes are two hexadecimal digits each, parted by commas';
}

const unescaped = (text: string): string => text.replace(/\\(.)/g, '$1');

function bytesOf(text: string): Uint8Array | undefined {
  const parts = text.split(',').map((part) => part.trim());
  if (parts[parts.length - 1] === '') parts.pop();
  return parts.every((part) => /^[0-9a-f]{2}$/i.test(part))
    ? Uint8Array.from(parts, (part) => Number.parseInt(part, 16))
    : undefined;
}

/** REG_SZ and REG_EXPAND_SZ are texts in UTF-16, REG_DWORD and REG_QWORD numbers; others stay bytes. */
function typed(type: string | undefined, bytes: Uint8Array): RegValue {
  if (type === '1' || type === '2') return new TextDecoder('utf-16le').decode(bytes).replace(/\0+$/, '');
  if (type === '4' || type === 'b') return bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
  return bytes;
}
