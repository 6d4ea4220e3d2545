import { describe, expect, it } from 'vitest';
import { loadPac } from '../../src/pac/index.ts';

const simple =
  'function FindProxyForURL(url, host) {\n  if (isPlainHostName(host)) return "DIRECT";\n  return "PROXY p.corp.example:8080; DIRECT";\n}\n';

describe('a loaded PAC file', () => {
  it('gives routes, raw text and the calls with their lines', async () => {
    using pac = await loadPac(simple, { filename: 'corp.pac' });
    const result = await pac.resolve('https://www.example.com/x?y', { profile: 'chromium' });
    expect(result).toMatchObject({
      consulted: true,
      script: { url: 'https://www.example.com/', host: 'www.example.com' },
      entry: 'FindProxyForURL',
      raw: 'PROXY p.corp.example:8080; DIRECT',
      error: null,
      routes: ['PROXY p.corp.example:8080', 'DIRECT'],
      failedOpen: false,
      calls: [{ fn: 'isPlainHostName', args: ['www.example.com'], result: false, line: 2 }],
      dnsLookups: 0,
    });
  });
});
