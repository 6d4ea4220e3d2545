import { expect, test } from 'vitest';

import { paclab } from '../kit/tools.ts';

const config = (proxy: string): string => `<?xml version="1.0"?>
<configuration>
  <system.net>
    <defaultProxy>${proxy}</defaultProxy>
  </system.net>
</configuration>
`;
const files = {
  'ApplicationProxyConnectorService.exe.config': config('<proxy proxyaddress="http://proxyserver:8080"/>'),
  'ApplicationProxyConnectorUpdaterService.exe.config': config('<proxy proxyaddress="http://proxyserver:8080"/>'),
  'netsh.txt':
    '\r\nAktuelle WinHTTP-Proxyeinstellungen:\r\n\r\n    Proxyserver:  winproxy:3128\r\n    Umgehungsliste:  <local>\r\n',
  'env.txt': 'HTTPS_PROXY=http://envproxy:8080\n',
  'broken.config': '<configuration><system.net></configuration>\n',
  'prose.txt': 'this is nothing\n',
};

test('settings tells for each chooser which proxy it would use, and where that is written', async () => {
  const { code, out } = await paclab('settings ApplicationProxyConnectorService.exe.config netsh.txt', { files });
  expect(code).toBe(0);
  expect(out).toContain('configuration of the connector service');
  expect(out).toMatch(/connector service, to its cloud service.*\n {2}PROXY proxyserver:8080\n/);
  expect(out).toContain('(ApplicationProxyConnectorService.exe.config:4:26; source)');
  expect(out).toMatch(/updater service.*\n {2}the script found by WPAD; without one: DIRECT\n/);
  expect(out).toMatch(/CryptoAPI by WinHTTP\).*\n {2}PROXY winproxy:3128\n/);
  expect(out).toContain('netsh.txt:4:19');
  expect(out).toContain('They disagree: 4 ways');
  expect(out).not.toContain('curl');
});

test('settings asks curl and Node too where variables are at hand', async () => {
  const { out } = await paclab('settings env.txt --url https://a.example/ --json', { files });
  const { answers, ways } = JSON.parse(out) as { answers: { asker: string; way: string; url: string }[]; ways: [] };
  expect(answers.filter(({ way }) => way === 'PROXY envproxy:8080').map(({ asker }) => asker)).toEqual([
    'curl',
    'Node with proxy-from-env',
  ]);
  expect(new Set(answers.map(({ url }) => url))).toEqual(new Set(['https://a.example/']));
  expect(ways.length).toBeGreaterThan(1);
});

test('settings takes one word for all that agree', async () => {
  const both = 'ApplicationProxyConnectorService.exe.config ApplicationProxyConnectorUpdaterService.exe.config';
  const { out } = await paclab(`settings ${both} --json`, { files });
  const { ways } = JSON.parse(out) as { ways: { way: string; askers: string[] }[] };
  expect(ways.find(({ way }) => way === 'PROXY proxyserver:8080')?.askers).toEqual([
    'connector service, to its cloud service',
    'updater service',
  ]);
});

test('settings names the rule that sends a destination past the proxy', async () => {
  const netsh =
    'Current WinHTTP proxy settings:\r\n\r\n    Proxy Server(s) :  proxy2.corp.example:3128\r\n    Bypass List     :  *.corp.example\r\n';
  const reg = `Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Microsoft Azure AD App Proxy Connector]\r\n"UseDefaultProxyForBackendRequests"=dword:00000001\r\n`;
  const { out } = await paclab('settings netsh.txt flag.reg', {
    files: { ...files, 'netsh.txt': netsh, 'flag.reg': reg },
  });
  expect(out.replaceAll(/\s+/g, ' ')).toContain(
    '*.corp.example of the bypass list is why this one goes past the proxy',
  );
});

test('settings says which files nobody reads, and that a guess of the build can be overruled', async () => {
  const both = {
    'ApplicationProxyConnectorService.exe.config': config('<proxy usesystemdefault="False"/>'),
    'MicrosoftEntraPrivateNetworkConnectorService.exe.config': config('<proxy proxyaddress="http://newer:8080"/>'),
    'Framework/v4.0.30319/Config/machine.config': config('<proxy proxyaddress="http://narrow:8080"/>'),
  };
  const names = Object.keys(both);
  const outs = await Promise.all(
    [names, names.toReversed()].map(
      async (order) => (await paclab(`settings ${order.join(' ')}`, { files: both })).out,
    ),
  );
  for (const out of outs.map((text) => text.replaceAll(/\s+/g, ' '))) {
    expect(out).toContain('connector service, to its cloud service https://tenant.msappproxy.net/ PROXY newer:8080');
    expect(out).toContain('The build is taken to be entra-private-network');
    expect(out).toContain('--product says which one runs');
    expect(out).toContain('- file = ApplicationProxyConnectorService.exe.config');
    expect(out).toContain('- file = Framework/v4.0.30319/Config/machine.config');
  }
  const { out: one } = await paclab(`settings ${names[0]}`, { files: both });
  expect(one).not.toMatch(/--product|- file =/);
});

test('settings says of a script that WinHTTP never fetches it', async () => {
  const name = 'ApplicationProxyConnectorService.exe.config';
  const out = async (script: string): Promise<string> =>
    (await paclab(`settings ${name}`, { files: { [name]: config(`<proxy scriptLocation="${script}"/>`) } })).out;
  expect((await out('file:///c:/p.pac')).replaceAll(/\s+/g, ' ')).toMatch(
    /the script at file:\/\/\/c:\/p\.pac, which WinHTTP does not fetch; without one: DIRECT .* never fetched: WinHTTP takes http and https only/,
  );
  expect(await out('http://s/p.pac')).not.toMatch(/not fetch|never fetched/);
});

test('settings does not read through a link that leads outside of its folder', async () => {
  const sent = { '/etc/passwd': 'root:x:0:0\n', 'sent/real.config': config('<proxy usesystemdefault="False"/>') };
  const links = { 'sent/out.config': '/etc/passwd', 'sent/in.config': 'sent/real.config' };
  const { code, out, err } = await paclab('settings sent/out.config', { files: sent, links });
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain("'sent/out.config' is a link that leads outside of its folder");
  expect(err).not.toContain('root:');
  expect((await paclab('settings sent/in.config', { files: sent, links })).code).toBe(0);
});

test('a file that cannot be used is a mistake with its place, all of them at once', async () => {
  const { code, out, err } = await paclab('settings broken.config prose.txt', { files });
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('broken.config:1:');
  expect(err).toContain("'prose.txt' is no settings file that is known here");
});
