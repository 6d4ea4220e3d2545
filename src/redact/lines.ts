/** Texts of lines: output of netsh and of `set`. Only lines that count stay; the others are empty, in their places. */
import type { Redactor } from './redactor.ts';

const eachLine = (text: string, change: (line: string) => string): string =>
  text
    .split(/(\r?\n)/)
    .map((part, index) => (index % 2 === 0 ? change(part) : part))
    .join('');

export const redactEnvironment = (text: string, redactor: Redactor): string =>
  eachLine(text, (line) => {
    const [, head = '', name = '', value = ''] = /^((?:declare -x|export|set) )?([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
    if (!/^(?:https?|all|ftp|no|socks)_proxy$/i.test(name)) return '';
    return `${head}${name}=${redactor.text(value)}`;
  });

/** `label : value`, or the members of a JSON object; and the line that says WinHTTP, without a prompt. */
export const redactNetsh = (text: string, redactor: Redactor): string =>
  eachLine(text, (line) => {
    const member =
      /^(\s*"(?:Proxy|ProxyBypass|AutoconfigUrl|AutoDetect|ProxyIsEnabled|AutoConfigIsEnabled|PerUserProxySettings\w*)"\s*:\s*)(.*?)(,?\s*)$/i.exec(
        line,
      );
    if (member) return `${member[1]}${redactor.text(member[2] ?? '')}${member[3]}`;
    if (/^\s*[{}]\s*$/.test(line)) return line;
    const labelled = /^([ \t]+\S[^\r\n]*?\s*[:：][ \t]+)(\S.*?)([ \t]*)$/.exec(line);
    if (labelled) {
      const value = labelled[2] ?? '';
      return `${labelled[1]}${/^[(（].*[)）]$/.test(value) ? value : redactor.text(value)}${labelled[3]}`;
    }
    return /winhttp/i.test(line) && !/[>\\]/.test(line) ? redactor.prose(line) : '';
  });
