/** Every kind of file that import takes: known by its content, told with file and line, and played. */
import { describe, expect, test, vi } from 'vitest';

import { importSent } from '../../src/reproduce/index.ts';
import type { Import } from '../../src/reproduce/index.ts';

vi.setConfig({ testTimeout: 120_000 });

type Content = Uint8Array | string;

const windows = (text: string): string => text.replaceAll('\n', '\r\n');
const utf16 = (text: string): Uint8Array => Buffer.from(`\ufeff${windows(text)}`, 'utf16le');
const utf16be = (text: string): Uint8Array => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
/** Letters of German in the code pages of consoles; 437 and 850 agree on them. */
const console850 = (text: string): Uint8Array =>
  Uint8Array.from(Array.from(windows(text)), (letter) => 'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ'.indexOf(letter) + 0x80 || 0).map(
    (byte, index) => (byte === 0x7f ? (windows(text).codePointAt(index) ?? 0) : byte),
  );

const imported = (files: Record<string, Content>, redact = false): Promise<Import> =>
  importSent(
    Object.entries(files).map(([name, content]) => ({
      name,
      async *open() {
        yield await Promise.resolve(Buffer.from(content));
      },
    })),
    { redact },
  );

const tunnel = 'tenant.msappproxy.net:443';
const fields = '#Fields: date time c-ip cs-method cs-host cs-uri-port sc-status cs-username\n';
const logged = '2026-03-02 08:00:00 10.44.7.21 CONNECT tenant.msappproxy.net 443 502 -\n';
const netLog = JSON.stringify({
  constants: {
    logEventTypes: { HTTP_TRANSACTION_SEND_TUNNEL_HEADERS: 236, HTTP_TRANSACTION_READ_TUNNEL_RESPONSE_HEADERS: 238 },
    timeTickOffset: 1_795_370_667_075,
  },
  events: [
    {
      params: { headers: ['User-Agent: Mozilla/5.0 Chrome/156.0'], line: `CONNECT ${tunnel} HTTP/1.1\r\n` },
      source: { id: 50 },
      time: '16489922',
      type: 236,
    },
    {
      params: { headers: ['HTTP/1.1 407 Proxy Authentication Required', 'Proxy-Authenticate: NTLM'] },
      source: { id: 50 },
      time: '16490136',
      type: 238,
    },
  ],
});
const har = JSON.stringify({
  log: {
    entries: [
      {
        startedDateTime: '2026-03-02T08:00:00Z',
        request: { method: 'GET', url: 'https://tenant.msappproxy.net/', headers: [] },
        response: { status: 407, headers: [{ name: 'Proxy-Authenticate', value: 'Basic realm="Werk"' }] },
      },
    ],
  },
});
const combined = (status: number, agent = 'curl/8.5.0'): string =>
  `10.44.7.21 - - [02/Mar/2026:09:00:12 +0100] "CONNECT ${tunnel} HTTP/1.1" ${status} 4123 "-" "${agent}" TCP_DENIED:HIER_NONE\n`;
const native = `1772438412.123     45 10.44.7.21 TCP_DENIED/403 4123 CONNECT ${tunnel} - HIER_NONE/- text/html\n`;

const logs: [name: string, content: Content, kind: string, diagnosis: string, at: string][] = [
  ['access.log', native, 'squid', 'policy-403-fqdn', 'access.log:1'],
  ['access.log', combined(407) + combined(407), 'combined', 'auth-407-connect', 'access.log:1'],
  ['proxy.log', fields + logged, 'w3c', 'policy-502-deny', 'proxy.log:2'],
  ['proxy16.log', utf16(fields + logged), 'w3c', 'policy-502-deny', 'proxy16.log:2'],
  [
    'proxy.csv',
    `timestamp;client;method;url;status\n"2026-03-02T08:00:00Z";10.44.7.21;CONNECT;"${tunnel}";403\n`,
    'csv',
    'policy-403-fqdn',
    'proxy.csv:2',
  ],
  ['net-export.json', netLog, 'net-export', 'auth-407-connect', 'net-export.json:2'],
  ['browser.har', har, 'har', 'auth-407-connect', 'browser.har:1'],
  ['browser16.har', utf16(har), 'har', 'auth-407-connect', 'browser16.har:1'],
];

test.each(logs)('%s is a log that is played: %#', async (name, content, kind, diagnosis, at) => {
  const made = await imported({ [name]: content });
  expect(made.files).toMatchObject([{ name, kind }]);
  expect(made.files[0]?.statements[0]?.says).toMatch(new RegExp(`^${diagnosis}: `));
  expect(made.files[0]?.statements[0]?.at).toContain(at);
  expect(made.shown.map(({ id }) => id)).toEqual([diagnosis]);
  expect(made.found.map(({ id }) => id)).toEqual([diagnosis]);
  expect(made.symptom).toEqual({ same: true, differences: [], behind: [] });
  expect(made.assumptions.join('\n')).toMatch(/no file names the proxy/);
});

test('the agent in a combined log tells the client, and its time zone counts', async () => {
  const { scenario } = await imported({ 'access.log': combined(407) });
  expect(scenario).toMatch(/profile: curl/);
  expect(scenario).toContain('2026-03-02T08:00:12.000Z');
});

test('a web server’s log in the same format is none of a proxy', async () => {
  const own = '10.44.7.21 - - [02/Mar/2026:09:00:12 +0100] "GET /index.html HTTP/1.1" 200 41\n';
  await expect(imported({ 'access.log': own })).rejects.toThrow("'access.log' is no file that is known here");
});

const proxy = 'http://proxy.corp.kranichwerke.de:8080';
const environments: [says: string, name: string, content: Content, line: number][] = [
  [
    'set',
    'set.txt',
    windows(`COMPUTERNAME=APP07\nCommonProgramFiles(x86)=C:\\Program Files\nHTTPS_PROXY=${proxy}\n`),
    3,
  ],
  ['set with its prompt', 'set.txt', windows(`C:\\Users\\x>set\nA=1\nHTTPS_PROXY=${proxy}\n\nC:\\Users\\x>\n`), 3],
  ['env', 'env.txt', `SHELL=/bin/sh\nBASH_FUNC_x%%=() {  echo\n}\nA=1\nB=2\nhttps_proxy=${proxy}\n`, 6],
  ['export -p', 'env.txt', `declare -x HOME="/root"\ndeclare -x HTTPS_PROXY="${proxy}"\n`, 2],
  [
    'gci env:, as PowerShell redirects it',
    'ps.txt',
    utf16(
      `PS C:\\> gci env:\n\nName                           Value\n----                           -----\nHTTPS_PROXY                    ${proxy}\n`,
    ),
    5,
  ],
  [
    'gci env: | fl',
    'ps.txt',
    windows(
      `\nName  : OS\nValue : Windows_NT\n\nName  : HTTPS_PROXY\nValue : http://proxy.corp\n        .kranichwerke.de:8080\n`,
    ),
    5,
  ],
];

describe.each([false, true])('redacted: %s', (redact) => {
  test.each(environments)('variables of %s', async (_, name, content, line) => {
    const made = await imported({ [name]: content }, redact);
    expect(made.files[0]).toMatchObject({ kind: 'environment' });
    const [told] = made.files[0]?.statements ?? [];
    expect(told?.at).toMatch(new RegExp(`:${line}$`));
    expect(told?.says.toLowerCase()).toMatch(
      redact ? /^https_proxy = http:\/\/proxy\..*\.example:8080$/ : `https_proxy = ${proxy}`,
    );
    expect(made.scenario).toMatch(/profile: curl/);
  });
});

test('a value that PowerShell cut off is no value', async () => {
  const cut =
    'Name                           Value\n----                           -----\nHTTPS_PROXY                    http://proxy.corp.kranichw...\n';
  await expect(imported({ 'ps.txt': cut })).rejects.toThrow('the value of HTTPS_PROXY is cut off');
});

const entry = (comment = ''): string =>
  `${comment}function FindProxyForURL(url, host) {\n  return "PROXY proxy.corp.kranichwerke.de:8080";\n}\n`;
const netsh =
  '\nAktuelle WinHTTP-Proxyeinstellungen für Büro Süd:\n\n    Proxyserver:  proxy.corp.kranichwerke.de:8080\n    Umgehungsliste :  *.kranichwerke.de\n';
const configured = (value: string): string =>
  `<?xml version="1.0"?>\n<configuration><system.net><defaultProxy>\n<proxy proxyaddress="${value}" />\n</defaultProxy></system.net></configuration>\n`;

const settings: [name: string, content: Content, kind: string, parts: string, says: string, at: string][] = [
  ['wpad.dat', entry(), 'script', '', 'names PROXY proxy.corp.kranichwerke.de:8080', 'wpad.dat:2'],
  [
    'wpad.dat',
    Buffer.from(`\ufeff${entry()}`),
    'script',
    'utf-8-bom',
    'names PROXY proxy.corp.kranichwerke.de:8080',
    'wpad.dat:2',
  ],
  ['proxy.pac', utf16(entry()), 'script', 'utf-16le', 'names PROXY proxy.corp.kranichwerke.de:8080', 'proxy.pac:2'],
  ['proxy.pac', utf16be(entry()), 'script', 'utf-16be', 'names PROXY proxy.corp.kranichwerke.de:8080', 'proxy.pac:2'],
  [
    'wpad.dat',
    Buffer.from(entry('// Büro\n'), 'latin1'),
    'script',
    'latin1',
    'names PROXY proxy.corp.kranichwerke.de:8080',
    'wpad.dat:3',
  ],
  [
    'netsh.txt',
    console850(netsh),
    'netsh',
    'code page 437 or 850, as it seems',
    'winhttp.Proxy = proxy.corp.kranichwerke.de:8080',
    'netsh.txt:4',
  ],
  ['netsh.txt', utf16(netsh), 'netsh', 'utf-16le', 'winhttp.Proxy = proxy.corp.kranichwerke.de:8080', 'netsh.txt:4'],
  [
    'machine.config',
    configured('http://p.corp.example:1'),
    'configuration',
    '',
    'proxy.proxyaddress = http://p.corp.example:1',
    'machine.config:3',
  ],
];

test.each(settings)('%s: %#', async (name, content, kind, parts, says, at) => {
  const made = await imported({ [name]: content });
  expect(made.files).toMatchObject([{ name, kind, parts }]);
  expect(made.files[0]?.statements).toContainEqual({ says, at });
  // Nothing happened yet that could be compared.
  expect(made.symptom.same).toBeNull();
});

test('the name of a file does not decide what it is', async () => {
  const made = await imported({ 'a.bin': fields + logged, 'b.bin': entry(), 'c.bin': netsh });
  expect(made.files.map(({ kind }) => kind).toSorted()).toEqual(['netsh', 'script', 'w3c']);
});

test('files that contradict each other are named with their places, and which of them counts', async () => {
  const made = await imported({
    'ApplicationProxyConnectorService.exe.config': configured('http://one.corp.example:8080'),
    'old/ApplicationProxyConnectorService.exe.config': configured('http://two.corp.example:8080'),
    'netsh.txt': netsh,
  });
  const [first, ways] = made.conflicts;
  expect(first?.says).toMatch(/one\.corp\.example:8080 .* but http:\/\/two\.corp\.example:8080 .* the last counts/);
  expect(first?.at).toHaveLength(2);
  expect(ways?.says).toMatch(/parts of the machine go different ways/);
  expect(ways?.at).toContainEqual(expect.stringMatching(/^netsh\.txt:4$/));
  const products = await imported({
    'MicrosoftEntraPrivateNetworkConnectorService.exe.config': configured('http://one.corp.example:8080'),
    'old/ApplicationProxyConnectorService.exe.config': configured('http://two.corp.example:8080'),
  });
  expect(products.conflicts[0]?.says).toMatch(/; the one of the newer product counts$/);
});
