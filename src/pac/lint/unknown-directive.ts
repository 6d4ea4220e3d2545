import type { LintRule } from '../lint.ts';
import { answerTexts } from './answers.ts';

const known = /^(?:PROXY|HTTPS|SOCKS[45]?)\s+\S|^DIRECT$/;

export const unknownDirective: LintRule = {
  name: 'unknown-directive',
  severity: 'error',
  summary: 'A type that not all clients know, or one in small letters.',
  why: 'Browsers drop what they do not know (an empty list is DIRECT), Chromium does not know HTTP, and Node knows capitals only.',
  fix: 'Use PROXY, HTTPS, SOCKS, SOCKS4, SOCKS5 or DIRECT, in capitals, with host:port.',
  profiles: [],
  check(script, report) {
    for (const { node, text } of answerTexts(script)) {
      for (const entry of text.split(';').map((each) => each.trim())) {
        if (entry !== '' && !known.test(entry) && !/[,|\r\n]/.test(entry))
          report(node, `"${entry}" is not a type every client knows`);
      }
      if (text.trim() === '') report(node, 'an empty answer');
    }
  },
};
