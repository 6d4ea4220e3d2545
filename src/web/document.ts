/** A page: its markup around one script and one style, and a policy that lets it run these two and load nothing else. */
import { createHash } from 'node:crypto';

import { style } from './style.ts';

export interface Parts {
  title: string;
  script: string;
  /** Our own markup; texts of others go through {@link escaped}. */
  body: string;
  /** What the page may ask for: nothing, or its own server. */
  connect: "'none'" | "'self'";
}

export interface Written {
  html: string;
  policy: string;
}

export function written({ title, script, body, connect }: Parts): Written {
  const directives = {
    'default-src': "'none'",
    'script-src': hashOf(script),
    'style-src': hashOf(style),
    'img-src': 'data:',
    'connect-src': connect,
    'base-uri': "'none'",
    'form-action': "'none'",
    'require-trusted-types-for': "'script'",
    'trusted-types': "'none'",
  };
  const policy = Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
<script>${script}</script>
</body>
</html>
`;
  return { html, policy };
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => escapes[char] ?? char);

/** JSON in an element that no browser runs; nothing in it can end that element. */
export const dataElement = (id: string, value: unknown): string =>
  `<script type="application/json" id="${id}">${JSON.stringify(value).replaceAll('<', String.raw`\u003c`)}</script>`;
