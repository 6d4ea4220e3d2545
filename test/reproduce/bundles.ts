/**
 * Five mails with attachments, as customers send them: mixed files, some of which contradict each other, in English,
 * German and Japanese. They are made here, so that every name, address and secret in them is known: none may turn up
 * in what is written. Captures come from a lab that plays the customer's network.
 */
import { toPcapng } from '../../src/capture/pcapng.ts';
import { loadSource } from '../../src/library/load.ts';
import { runScenario } from '../../src/run/run.ts';

export interface Bundle {
  name: string;
  /** The sentence in the mail. */
  says: string;
  files: Record<string, Uint8Array>;
  /** What nobody else may read. */
  secrets: readonly string[];
  /** What the imported scenario has to show. */
  diagnosis: readonly string[];
  /** Words of the conflicts that import has to name. */
  conflicts: readonly RegExp[];
}

const text = (content: string): Uint8Array => Buffer.from(content);
const windows = (content: string): string => content.replaceAll('\n', '\r\n');
const utf16 = (content: string): Uint8Array => Buffer.from(`\ufeff${windows(content)}`, 'utf16le');

/** Letters of German in code page 850. */
const codePage850: Record<string, number> = { ä: 0x84, ö: 0x94, ü: 0x81, ß: 0xe1, Ä: 0x8e, Ö: 0x99, Ü: 0x9a };
const cp850 = (content: string): Uint8Array =>
  Uint8Array.from(Array.from(windows(content)), (letter) => codePage850[letter] ?? letter.charCodeAt(0));

/** Kana and kanji that Japanese Windows prints for netsh, in Shift JIS. */
const shiftJis: Record<string, number> = {
  し: 0x82b5,
  な: 0x82c8,
  の: 0x82cc,
  イ: 0x8343,
  キ: 0x834c,
  サ: 0x8354,
  シ: 0x8356,
  ス: 0x8358,
  バ: 0x836f,
  パ: 0x8370,
  プ: 0x8376,
  ロ: 0x838d,
  ー: 0x815b,
  一: 0x88ea,
  在: 0x8ddd,
  定: 0x92e8,
  現: 0x8cbb,
  覧: 0x9797,
  設: 0x90dd,
};
const sjis = (content: string): Uint8Array =>
  Buffer.concat(
    Array.from(windows(content)).map((letter) => {
      const code = shiftJis[letter] ?? letter.charCodeAt(0);
      return code > 255 ? Buffer.from([code >> 8, code & 255]) : Buffer.from([code]);
    }),
  );

/** DefaultConnectionSettings: version, counter, flags, then proxy, bypass list and script with their lengths. */
function connectionSettings(flags: number, ...texts: string[]): string {
  const number = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
  const parts = texts.flatMap((each) => [number(each.length), Buffer.from(each, 'latin1')]);
  const bytes = Buffer.concat([number(70), number(9), number(flags), ...parts, Buffer.alloc(32)]);
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
  const lines: string[] = [];
  for (let at = 0; at < digits.length; at += 24) lines.push(digits.slice(at, at + 24).join(','));
  return `hex:${lines.join(',\\\n  ')}`;
}

/** A capture of what happens in a lab with the customer's own names. */
async function captureOf(scenario: Record<string, unknown>): Promise<Uint8Array> {
  const [loaded] = await loadSource({ version: 1, id: 'customer', name: 'A network of a customer', ...scenario });
  if (!loaded) throw new Error('no row');
  const record = await runScenario(loaded, { clock: 'virtual', bytes: true, timeout: 30_000 });
  if (record.broken) throw new Error(record.broken.message);
  return toPcapng({ ...record, title: 'capture' });
}

const service = (settings: unknown, more: Record<string, unknown> = {}) => ({
  service: {
    profile: 'dotnet-framework',
    identity: 'network-service',
    certificates: ['connector'],
    address: '10.44.7.21',
    settings,
    ...more,
  },
});

const config = (inner: string, more = ''): string => `<?xml version="1.0" encoding="utf-8"?>
<configuration>
${more}  <system.net>
    <defaultProxy>
${inner}
    </defaultProxy>
  </system.net>
</configuration>
`;

const kranich = ['kranichwerke', 'hmueller', 'srvkra01', 'kranich-8f2a', '10.44.7.21', '10.44.7.80', '10.44.9.77'];

/** The proxy is right, and asks who it is; netsh still names the one that was switched off. */
const explicit407 = (): Bundle => ({
  name: 'explicit-407',
  says: 'Connector inactive since Monday. The proxy is in the config, see attached.',
  files: {
    'ApplicationProxyConnectorService.exe.config': text(
      config(
        `      <!-- changed by H. Mueller, ticket KW-20817 -->
      <proxy usesystemdefault="True" bypassonlocal="True" proxyaddress="http://proxy-muc.corp.kranichwerke.de:3128" />`,
        '  <appSettings><add key="LicenseServer" value="Server=srvkra01;Password=Edelweiss#7" /></appSettings>\n',
      ),
    ),
    'netsh.txt': text(
      windows(`
C:\\Users\\hmueller.KRANICHWERKE>netsh winhttp show proxy

Current WinHTTP proxy settings:

    Proxy Server(s) :  oldproxy.corp.kranichwerke.de:8080
    Bypass List     :  *.corp.kranichwerke.de;10.44.*;<local>
`),
    ),
    'access.log':
      text(`1772438412.123     45 10.44.7.21 TCP_DENIED/407 4123 CONNECT kranich-8f2a.msappproxy.net:443 - HIER_NONE/- text/html
1772438413.223     12 10.44.7.21 TCP_DENIED/407 4123 CONNECT kranich-8f2a.servicebus.windows.net:443 - HIER_NONE/- text/html
1772438420.001    120 10.44.9.77 TCP_TUNNEL/200 5120 CONNECT portal.kranichwerke.de:443 KRANICHWERKE\\hmueller HIER_DIRECT/85.214.132.117 -
`),
  },
  secrets: [...kranich, 'Edelweiss#7', 'KW-20817', '85.214.132.117', 'proxy-muc', 'oldproxy.corp'],
  diagnosis: ['auth-407-connect'],
  conflicts: [/different ways/],
});

/** German Windows: the script's name does not resolve, and the firewall lets nobody out. */
async function german(): Promise<Bundle> {
  const capture = await captureOf({
    lab: {
      extends: 'entra',
      dns: {
        suffix: 'werk1.kranichwerke.de',
        records: { 'kranich-8f2a.msappproxy.net': { A: '203.0.113.77' } },
      },
      hosts: { 'kranich-8f2a.msappproxy.net': { https: {} } },
      firewall: { rules: [{ when: { to: '*:443' }, then: 'drop' }] },
    },
    clients: service({ defaultProxy: { proxy: { autoDetect: true } } }),
    steps: [{ fetch: { url: 'https://kranich-8f2a.msappproxy.net/bootstrap', client: 'service' } }],
    expect: { diagnosis: 'none' },
  });
  return {
    name: 'german-wpad',
    says: 'Seit dem Umzug ist der Connector rot. Proxy kommt bei uns über WPAD.',
    files: {
      'Mitschnitt.pcapng': capture,
      'netsh-ausgabe.txt': cp850(`
C:\\Users\\hmueller>netsh winhttp show proxy

Aktuelle WinHTTP-Proxyeinstellungen für Büro Süd:

    Proxyserver: proxy-muc.corp.kranichwerke.de:3128
    Umgehungsliste : <local>;*.kranichwerke.de
`),
      'NetworkService.reg': utf16(`Windows Registry Editor Version 5.00

[HKEY_USERS\\S-1-5-20\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Connections]
"DefaultConnectionSettings"=${connectionSettings(9, '', '', '')}

[HKEY_USERS\\S-1-5-21-1004336348-1177238915-682003330-4711\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings]
"ProxyEnable"=dword:00000001
"ProxyServer"="proxy-muc.corp.kranichwerke.de:3128"
"User Agent"="Mozilla/4.0 (KranichwerkeBrowser)"

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Kranichwerke\\Inventory]
"Owner"="Heinz Mueller"
`),
    },
    secrets: [...kranich, '1004336348', '682003330', 'Heinz', 'werk1', 'proxy-muc'],
    diagnosis: ['wpad-dns-nxdomain'],
    conflicts: [/different ways/, /PROXY|direct connections only/],
  };
}

/** Japanese Windows: a script that forgets the signalling host, an environment that says something else. */
async function japanese(): Promise<Bundle> {
  const script = `// 株式会社鶴製作所 ネットワーク課 tsuru-net@tsuruworks.co.jp
function FindProxyForURL(url, host) {
  host = host.toLowerCase();
  if (isPlainHostName(host) || dnsDomainIs(host, ".osaka.tsuruworks.co.jp")) return "DIRECT";
  if (shExpMatch(host, "*.msappproxy.net")) return "PROXY proxy.osaka.tsuruworks.co.jp:8080";
  return "DIRECT";
}
`;
  const capture = await captureOf({
    lab: {
      extends: 'entra',
      dns: {
        suffix: 'osaka.tsuruworks.co.jp',
        records: {
          'wpad.osaka.tsuruworks.co.jp': { A: '172.20.3.5' },
          'proxy.osaka.tsuruworks.co.jp': { A: '172.20.3.8' },
        },
      },
      hosts: {
        'wpad.osaka.tsuruworks.co.jp': {
          http: { '/wpad.dat': { type: 'application/x-ns-proxy-autoconfig', pacText: script } },
        },
      },
      proxies: { edge: { listen: 'proxy.osaka.tsuruworks.co.jp:8080' } },
      firewall: { rules: [{ when: { to: '*:443', except: ['edge'] }, then: 'drop' }] },
    },
    clients: service({ defaultProxy: { proxy: { autoDetect: true } } }, { address: '172.20.3.21' }),
    steps: [
      { fetch: { url: 'https://tenant.msappproxy.net/bootstrap', client: 'service' } },
      { fetch: { url: 'https://tenant.servicebus.windows.net/', client: 'service' } },
    ],
    expect: { diagnosis: 'none' },
  });
  return {
    name: 'japanese-script',
    says: 'コネクタが「非アクティブ」のままです。',
    files: {
      'wpad.dat': text(script),
      'netsh.txt': sjis(`
現在の WinHTTP プロキシ設定:

    プロキシ サーバー:  proxy.osaka.tsuruworks.co.jp:8080
    バイパス一覧     :  (なし)
`),
      'env.txt': text(
        'COMPUTERNAME=TSURU-APP07\nHTTPS_PROXY=http://k-tanaka:Sakura%2B2026@proxy.osaka.tsuruworks.co.jp:8080\nNO_PROXY=.tsuruworks.co.jp,172.20.0.0/16\nUSERNAME=k-tanaka\nAPI_TOKEN=eyJhbGciOiJIUzI1NiJ9.dGFuYWth\n',
      ),
      'trace.pcapng': capture,
    },
    secrets: [
      'tsuruworks',
      'osaka',
      'k-tanaka',
      'Sakura%2B2026',
      'Sakura+2026',
      'TSURU-APP07',
      '172.20.3.21',
      '172.20.3.8',
      'eyJhbGciOiJIUzI1NiJ9',
      'dGFuYWth',
      'tsuru-net',
      '株式会社鶴製作所',
      'ネットワーク課',
    ],
    diagnosis: ['direct-443-syn-blackhole', 'cfg-netsh-does-not-move-cloud-leg'],
    conflicts: [/different ways/],
  };
}

/** The bypass of the documentation, where direct is not allowed; machine.config would have been right. */
async function bypass(): Promise<Bundle> {
  const capture = await captureOf({
    lab: {
      extends: 'entra',
      dns: { suffix: 'corp.kranichwerke.de' },
      firewall: { rules: [{ when: { to: '*:443' }, then: 'drop' }] },
    },
    clients: service({ defaultProxy: { enabled: false } }),
    steps: [
      { fetch: { url: 'https://tenant.msappproxy.net/bootstrap', client: 'service' } },
      { fetch: { url: 'https://tenant.servicebus.windows.net/', client: 'service' } },
    ],
    expect: { diagnosis: 'none' },
  });
  return {
    name: 'bypass-blocked',
    says: 'We followed the page to bypass the proxy. The portal shows the connector as inactive.',
    files: {
      'MicrosoftEntraPrivateNetworkConnectorService.exe.config': text(
        config('').replace('<defaultProxy>', '<defaultProxy enabled="false">'),
      ),
      'Framework64/machine.config': text(
        config('      <proxy proxyaddress="http://proxy-muc.corp.kranichwerke.de:3128" bypassonlocal="True" />'),
      ),
      'trace.pcapng': capture,
    },
    secrets: [...kranich, 'proxy-muc'],
    diagnosis: ['direct-443-syn-blackhole'],
    conflicts: [],
  };
}

/** The proxy opens TLS: the service refuses a connector whose certificate was lost on the way. */
async function inspection(): Promise<Bundle> {
  const capture = await captureOf({
    lab: {
      extends: 'entra',
      dns: { suffix: 'corp.kranichwerke.de', records: { 'proxy-muc.corp.kranichwerke.de': { A: '10.44.7.80' } } },
      proxies: {
        edge: {
          listen: 'proxy-muc.corp.kranichwerke.de:3128',
          behaviour: { kind: 'inspect', ca: 'Kranichwerke Inspection CA' },
        },
      },
      firewall: { rules: [{ when: { to: '*:443', except: ['edge'] }, then: 'reject' }] },
    },
    clients: service({ defaultProxy: { proxy: { proxyaddress: 'http://proxy-muc.corp.kranichwerke.de:3128' } } }),
    steps: [
      { fetch: { url: 'https://tenant.msappproxy.net/bootstrap', client: 'service' } },
      { fetch: { url: 'https://tenant.servicebus.windows.net/', client: 'service' } },
    ],
    expect: { diagnosis: 'none' },
  });
  return {
    name: 'inspection',
    says: 'Since the new security appliance nothing works any more.',
    files: {
      'dump.pcapng': capture,
      'ApplicationProxyConnectorService.exe.config': text(
        config('      <proxy proxyaddress="http://proxy-muc.corp.kranichwerke.de:3128" />'),
      ),
      'ApplicationProxyConnectorUpdaterService.exe.config': text(
        config('      <proxy proxyaddress="http://proxy-ber.corp.kranichwerke.de:3128" />'),
      ),
    },
    secrets: [...kranich, 'proxy-muc', 'proxy-ber', 'Kranichwerke Inspection CA'],
    diagnosis: ['tls-untrusted-ca'],
    conflicts: [/different ways/],
  };
}

export const bundles = async (): Promise<Bundle[]> => [
  explicit407(),
  await german(),
  await japanese(),
  await bypass(),
  await inspection(),
];
