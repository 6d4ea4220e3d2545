import { describe, expect, it } from 'vitest';
import { lint } from '../../src/pac/lint.ts';

const found = (source: string): string[] => lint(source).map(({ rule, line, column }) => `${rule} ${line}:${column}`);
const inBody = (body: string): string => `function FindProxyForURL(url, host) {\n${body}\n  return "DIRECT";\n}\n`;

describe('lint finds, at its place', () => {
  it.each([
    ['syntax', 'function FindProxyForURL(url, host) {\n  return "DIRECT"\n', 'syntax 3:1'],
    ['a rule behind a return', inBody('  return "PROXY a:1";'), 'unreachable-rule 3:3'],
    [
      'a test that was made before',
      inBody('  if (host == "a") return "DIRECT";\n  if (host == "a") return "PROXY a:1";'),
      'unreachable-rule 3:3',
    ],
    ['what only some clients have', inBody('  if (RegExp.$1 == host) return "DIRECT";'), 'engine-gap 2:7'],
    [
      'a suffix without its dot',
      inBody('  if (dnsDomainIs(host, "corp.example")) return "DIRECT";'),
      'look-alike-suffix 2:7',
    ],
    [
      'a pattern without its dot',
      inBody('  if (shExpMatch(host, "*corp.example")) return "DIRECT";'),
      'look-alike-suffix 2:7',
    ],
    [
      'a lookup for every request',
      inBody('  if (isInNet(dnsResolve(host), "10.0.0.0", "255.0.0.0")) return "DIRECT";'),
      'dns-per-request 2:15',
    ],
    [
      'isInNet of the host',
      inBody('  if (isInNet(host, "10.0.0.0", "255.0.0.0")) return "DIRECT";'),
      'dns-per-request 2:7',
    ],
    [
      'an end without return',
      'function FindProxyForURL(url, host) {\n  if (host == "a") return "DIRECT";\n}',
      'missing-return 3:1',
    ],
    ['no entry function', 'var x = 1;', 'missing-return 1:1'],
    ['modern syntax', inBody('  let a = 1;'), 'modern-syntax 2:7'],
    ['a modern method', inBody('  if (host.startsWith("a")) return "PROXY a:1";'), 'modern-syntax 2:12'],
    ['capitals in a host', inBody('  if (host == "Intranet") return "PROXY a:1";'), 'case-sensitive-host 2:7'],
    [
      'a path of https',
      inBody('  if (shExpMatch(url, "https://a.example/x/*")) return "PROXY a:1";'),
      'path-rule-for-https 2:7',
    ],
    ['a pattern that throws', inBody('  if (shExpMatch(host, "a[b")) return "PROXY a:1";'), 'unescaped-pattern 2:7'],
    [
      'a regular expression with a bare dot',
      inBody('  if (/^(\\d+.){3}\\d+$/.test(host)) return "PROXY a:1";'),
      'unescaped-pattern 2:7',
    ],
    ['a proxy without port', inBody('  if (host == "a") return "PROXY a";'), 'missing-port 2:27'],
    ['commas', inBody('  if (host == "a") return "PROXY a:1, PROXY b:1";'), 'separators 2:27'],
    ['blanks between entries', inBody('  if (host == "a") return "PROXY a:1 PROXY b:1";'), 'separators 2:27'],
    ['small letters', inBody('  if (host == "a") return "proxy a:1";'), 'unknown-directive 2:27'],
    ['typographic text', inBody('  // “quoted”'), 'non-ascii 2:6'],
  ])('%s', (_, source, expected) => expect(found(source)).toContain(expected));

  it('gives each finding a reason and a remedy', () => {
    for (const finding of lint(inBody('  let a = 1; if (dnsDomainIs(host, "corp.example")) return "PROXY a";'))) {
      expect(finding.why).not.toBe('');
      expect(finding.fix).not.toBe('');
    }
  });
});

const clean = [
  inBody('  if (isPlainHostName(host) || dnsDomainIs(host, ".corp.example")) return "DIRECT";'),
  inBody('  if (shExpMatch(host, "*.corp.example")) return "PROXY a.corp.example:8080; DIRECT";'),
  inBody('  if (dnsDomainIs(host, ".corp.example") && isInNet(host, "10.0.0.0", "255.0.0.0")) return "DIRECT";'),
  inBody('  if (shExpMatch(url, "http:*") || shExpMatch(url, "https://a.corp.example/*")) return "PROXY a:3128";'),
  inBody('  if (isInNet(myIpAddress(), "10.1.0.0", "255.255.0.0")) return "PROXY a:3128";'),
  inBody('  if (/^\\d{1,3}(\\.\\d{1,3}){3}$/.test(host)) return "DIRECT";'),
  inBody('  if (url.substring(0, 6) == "https:") return "PROXY a:3128";'),
  'var proxy = "PROXY a:3128";\nfunction pick(host) {\n  return host == "a" ? proxy : "DIRECT";\n}\nfunction FindProxyForURL(url, host) {\n  return pick(host);\n}\n',
  'function FindProxyForURL(url, host) {\n  switch (host) {\n    case "a": return "DIRECT";\n    default: return "PROXY a:1";\n  }\n}\n',
  'function FindProxyForURL(url, host) {\n  if (weekdayRange("MON", "FRI")) return "PROXY a:1";\n  else return "PROXY b:1; PROXY [2001:db8::1]:8080; DIRECT";\n}\n',
];

describe('lint has nothing to say about', () => {
  it.each(clean.map((source) => [source.slice(0, 120), source]))('%s', (_, source) => expect(lint(source)).toEqual([]));
});
