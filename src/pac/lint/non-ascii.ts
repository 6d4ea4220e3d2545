import type { LintRule } from '../lint.ts';

export const nonAscii: LintRule = {
  name: 'non-ascii',
  severity: 'warning',
  summary: 'Characters beyond ASCII.',
  why: 'Without a charset Chromium reads the file as Latin-1 and others as UTF-8; Chromium fails on an answer with such characters, typographic quotes are a syntax error, and hosts arrive as punycode anyway.',
  fix: 'Keep the file in ASCII: \\u00e9 in strings, xn--… for names.',
  profiles: [],
  check({ source }, report) {
    source.split(/\r\n?|\n/).forEach((line, at) => {
      const column = line.replace(at === 0 ? /^\ufeff/ : /^$/, '').search(/[^\0-\x7f]/);
      if (column >= 0) report({ line: at + 1, column: column + 1 }, `"${line[column]}" is not ASCII`);
    });
  },
};
