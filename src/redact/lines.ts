/** Texts of lines: output of netsh and of `set`. Only lines that count stay; the others are empty, in their places. */
import { assignmentsIn, isProxyVariable } from '../settings/environment.ts';
import { labelledIn } from '../settings/netsh.ts';
import type { Redactor } from './redactor.ts';

const eachLine = (text: string, change: (line: string) => string): string =>
  text
    .split(/(\r?\n)/)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('');

/** Whatever printed them, the variables that count are assignments now, each on the line where it stood. */
export function redactEnvironment(text: string, redactor: Redactor): string {
  const counted = (assignmentsIn(text) ?? []).filter(({ name }) => isProxyVariable(name));
  let at = 0;
  let redacted = '';
  for (const { name, value, index, end } of counted) {
    const quote = /^(["']).*\1$/.exec(value)?.[1] ?? '';
    const plain = quote === '' ? value : value.slice(1, -1);
    redacted += `${onlyLines(text.slice(at, index))}${name}=${quote}${redactor.text(plain)}${quote}${onlyLines(text.slice(index, end))}`;
    at = end;
  }
  return `${redacted}${onlyLines(text.slice(at))}`;
}

const onlyLines = (text: string): string => text.replace(/[^\r\n]/g, '');

/** `label : value`, or the members of a JSON object; and the line that says WinHTTP, without a prompt. */
export const redactNetsh = (text: string, redactor: Redactor): string =>
  eachLine(text, (line) => {
    const member =
      /^(\s*"(?:Proxy|ProxyBypass|AutoconfigUrl|AutoDetect|ProxyIsEnabled|AutoConfigIsEnabled|PerUserProxySettings\w*)"\s*:\s*)(.*?)(,?\s*)$/i.exec(
        line,
      );
    if (member) return `${member[1]}${redactor.text(member[2] ?? '')}${member[3]}`;
    if (/^\s*[{}]\s*$/.test(line)) return line;
    const labelled = labelledIn(line);
    if (labelled) {
      const { value, from } = labelled;
      return `${line.slice(0, from)}${/^[(（].*[)）]$/.test(value) ? value : redactor.text(value)}`;
    }
    return /winhttp/i.test(line) && !/[>\\]/.test(line) ? redactor.prose(line) : '';
  });
