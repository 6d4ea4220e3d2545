import type { LintRule } from '../lint.ts';
import { answerTexts } from './answers.ts';

/** A further entry behind a comma, a blank or a bar. A host may be called `proxy.corp.example`: the type stands alone. */
const secondEntry = /[^;\s](?:\s*[,|]\s*|\s+)(?:(?:PROXY|HTTPS?|SOCKS[45]?)\s+\S|DIRECT\s*(?:[;,|]|$))/i;

export const separators: LintRule = {
  name: 'separators',
  severity: 'error',
  summary: 'Entries of the list separated by anything but ";".',
  why: 'Browsers then read one entry with an impossible address: Chromium drops it and goes DIRECT, Firefox keeps an entry without a host and the request fails.',
  fix: 'Separate entries with "; ": "PROXY a:8080; PROXY b:8080; DIRECT".',
  profiles: [],
  check(script, report) {
    for (const { node, text } of answerTexts(script)) {
      if (secondEntry.test(text.replace(/;\s*/g, ';'))) {
        report(node, `"${text}" does not separate its entries with ";"`);
      } else if (/[\r\n]/.test(text)) report(node, 'a line end in the list: browsers lose the entry behind it');
      else if (/^[ \t]/.test(text)) report(node, `"${text}" begins with a blank: Firefox loses the first entry`);
    }
  },
};
