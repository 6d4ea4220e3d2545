import type { LintRule } from '../lint.ts';
import { answerTexts } from './answers.ts';

export const missingPort: LintRule = {
  name: 'missing-port',
  severity: 'warning',
  summary: 'A proxy without a port.',
  why: 'Clients then take 80 for PROXY, 443 for HTTPS and 1080 for SOCKS, which is rarely where the proxy listens.',
  fix: 'Write the port: "PROXY proxy.corp.example:8080".',
  profiles: [],
  check(script, report) {
    for (const { node, text } of answerTexts(script)) {
      for (const entry of text.split(';')) {
        const match = /^\s*(?:PROXY|HTTPS?|SOCKS[45]?)\s+(\[[^\]]*\]|[^\s:,;]+)\s*$/i.exec(entry);
        if (match) report(node, `"${entry.trim()}" names no port`);
      }
    }
  },
};
