import { expect, test } from 'vitest';

import { choose, fixture, netConfig, settings } from '../kit.ts';

/** The account of the table: discovery on, a script, a static proxy and exceptions. */
const account = {
  system: {
    autoDetect: true,
    scriptUrl: 'http://pac.corp.example/proxy.pac',
    proxy: 'sys.corp.example:3128',
    bypass: '*.windows.net',
  },
};

const withSection = (inside: string, spec: unknown = account) => settings(spec, [netConfig(inside)]);

const off = { kind: 'direct', routes: ['DIRECT'] };
const automatic = {
  kind: 'automatic',
  autoDetect: true,
  scriptUrl: 'http://pac.corp.example/proxy.pac',
  fallback: ['PROXY sys.corp.example:3128'],
  tail: ['PROXY sys.corp.example:3128'],
};
const named = { kind: 'static', routes: ['PROXY p:8080'] };
const ofSystem = { kind: 'static', routes: ['PROXY sys.corp.example:3128'] };

test.each([
  ['no section at all', '', automatic],
  ['an empty section', '<defaultProxy/>', automatic],
  ['enabled True', '<defaultProxy enabled="True"/>', automatic],
  ['enabled False', '<defaultProxy enabled="false"></defaultProxy>', off],
  [
    'enabled False beside everything else',
    '<defaultProxy enabled="false"><proxy proxyaddress="http://p:8080"/></defaultProxy>',
    off,
  ],
  ['usesystemdefault False alone', '<defaultProxy><proxy usesystemdefault="False"/></defaultProxy>', off],
  ['usesystemdefault True alone', '<defaultProxy><proxy usesystemdefault="True"/></defaultProxy>', ofSystem],
  [
    'the documented sample',
    '<defaultProxy><proxy proxyaddress="http://p:8080" bypassonlocal="True" usesystemdefault="True"/></defaultProxy>',
    named,
  ],
  [
    'the sample without usesystemdefault',
    '<defaultProxy><proxy proxyaddress="http://p:8080" bypassonlocal="True"/></defaultProxy>',
    named,
  ],
  [
    'autoDetect alone',
    '<defaultProxy><proxy autoDetect="True"/></defaultProxy>',
    { kind: 'automatic', autoDetect: true, scriptUrl: null, fallback: ['DIRECT'], tail: ['DIRECT'] },
  ],
  [
    'scriptLocation alone',
    '<defaultProxy><proxy scriptLocation="http://s/p.pac"/></defaultProxy>',
    { kind: 'automatic', autoDetect: false, scriptUrl: 'http://s/p.pac', fallback: ['DIRECT'] },
  ],
  [
    'both of them, and usesystemdefault False',
    '<defaultProxy><proxy usesystemdefault="False" autoDetect="True" scriptLocation="http://s/p.pac"/></defaultProxy>',
    { kind: 'automatic', autoDetect: true, scriptUrl: 'http://s/p.pac' },
  ],
  [
    'usesystemdefault True beside autoDetect does nothing',
    '<defaultProxy><proxy usesystemdefault="True" autoDetect="True"/></defaultProxy>',
    { kind: 'automatic', autoDetect: true, scriptUrl: null, fallback: ['DIRECT'] },
  ],
  ['autoDetect False alone', '<defaultProxy><proxy autoDetect="False"/></defaultProxy>', off],
  [
    'autoDetect cancelled by bypassonlocal',
    '<defaultProxy><proxy autoDetect="True" bypassonlocal="True"/></defaultProxy>',
    off,
  ],
  [
    'autoDetect cancelled by proxyaddress',
    '<defaultProxy><proxy autoDetect="True" proxyaddress="http://p:8080"/></defaultProxy>',
    named,
  ],
  [
    'scriptLocation cancelled by a bypasslist',
    '<defaultProxy><proxy scriptLocation="http://s/p.pac"/><bypasslist><add address="x"/></bypasslist></defaultProxy>',
    off,
  ],
  ['bypassonlocal alone', '<defaultProxy><proxy bypassonlocal="True"/></defaultProxy>', off],
])('%s', (_row, inside, expected) => {
  expect(choose('system-net', withSection(inside))).toMatchObject(expected);
});

test('the sample keeps the exceptions of the account; without usesystemdefault it does not', () => {
  const url = 'https://relay.servicebus.windows.net/';
  const proxy = 'proxyaddress="http://p:8080" bypassonlocal="True"';
  const sample = withSection(`<defaultProxy><proxy ${proxy} usesystemdefault="True"/></defaultProxy>`);
  expect(choose('system-net', sample, url)).toMatchObject({ ...off, bypassed: '*.windows.net' });
  expect(choose('system-net', sample)).toMatchObject(named);
  expect(choose('system-net', withSection(`<defaultProxy><proxy ${proxy}/></defaultProxy>`), url)).toMatchObject(named);
});

test('exceptions of an account without a static proxy are not inherited', () => {
  const sample = withSection(
    '<defaultProxy><proxy proxyaddress="http://p:8080" usesystemdefault="True"/></defaultProxy>',
    { system: { bypass: '*.windows.net' } },
  );
  expect(choose('system-net', sample, 'https://relay.servicebus.windows.net/')).toMatchObject(named);
});

test('usesystemdefault says which settings it suppresses', () => {
  const choice = choose('system-net', withSection('<defaultProxy><proxy usesystemdefault="True"/></defaultProxy>'));
  const suppressed = choice.reasons.filter(({ overriddenBy }) => overriddenBy === 'usesystemdefault');
  expect(suppressed.map(({ name }) => name)).toEqual(['AutoDetect', 'AutoConfigURL']);
});

test('a cancelled autoDetect names what cancels it, with its place', () => {
  const choice = choose(
    'system-net',
    withSection('<defaultProxy>\n<proxy autoDetect="True" bypassonlocal="True"/></defaultProxy>'),
  );
  expect(choice.reasons.find(({ name }) => name === 'proxy.autoDetect')).toMatchObject({
    overriddenBy: 'bypassonlocal',
    origin: { file: 'Service.exe.config', line: 5, column: 8 },
  });
});

test.each([
  ['intranet', true],
  ['app.corp.example', true],
  ['APP.CORP.EXAMPLE', true],
  ['deep.app.corp.example', false],
  ['corp.example', false],
  ['app.corp.example.net', false],
  ['10.20.0.10', true],
  ['10.20.0.11', false],
])('bypassonlocal: %s is local: %s', (host, local) => {
  const sample = withSection('<defaultProxy><proxy proxyaddress="http://p:8080" bypassonlocal="True"/></defaultProxy>');
  expect(choose('system-net', sample, `https://${host}/`)).toMatchObject(local ? off : named);
});

test('local names go to the proxy unless bypassonlocal is True; loopback never does', () => {
  const section = withSection('<defaultProxy><proxy proxyaddress="http://p:8080"/></defaultProxy>');
  expect(choose('system-net', section, 'http://intranet/')).toMatchObject(named);
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '[::1]'])
    expect(choose('system-net', section, `http://${host}/`)).toMatchObject(off);
});

test.each([
  ['[a-z]+\\.contoso\\.com$', 'https://app.contoso.com/', true],
  ['[a-z]+\\.contoso\\.com$', 'https://app.contoso.com:8443/', false],
  ['contoso', 'https://notcontoso.example/', true],
  ['^https://APP', 'https://app.contoso.com/', true],
  [':8443', 'https://app.contoso.com:8443/', true],
  ['^contoso', 'https://contoso.com/', false],
])('the bypasslist expression %s with %s: %s', (expression, url, bypassed) => {
  const inside = `<defaultProxy><proxy proxyaddress="http://p:8080"/><bypasslist><add address="${expression}"/></bypasslist></defaultProxy>`;
  const choice = choose('system-net', withSection(inside), url);
  expect(choice).toMatchObject(bypassed ? { ...off, bypassed: expression } : named);
});

test('a wildcard in the bypasslist is a bad expression, and the whole proxy object fails', () => {
  const inside =
    '<defaultProxy><proxy proxyaddress="http://p:8080"/>\n<bypasslist><add address="*.contoso.com"/></bypasslist></defaultProxy>';
  expect(choose('system-net', withSection(inside))).toMatchObject({
    kind: 'failed',
    failure: { code: 'config.invalid' },
    error: {
      name: 'System.Configuration.ConfigurationErrorsException',
      text: "Error creating the Web Proxy specified in the 'system.net/defaultProxy' configuration section.",
      inner: 'parsing "*.contoso.com" - Quantifier {x,y} following nothing.',
    },
  });
});

test.each([
  ['proxyserver:8080', 'proxyserver'],
  ['proxy.corp.example:8080', 'proxy.corp.example'],
  ['https://proxyserver:8443', 'https'],
])('proxyaddress %s loads, and fails when it is first used', (address, scheme) => {
  const section = withSection(`<defaultProxy><proxy proxyaddress="${address}" bypassonlocal="True"/></defaultProxy>`);
  expect(choose('system-net', section, 'http://intranet/')).toMatchObject(off);
  expect(choose('system-net', section)).toMatchObject({
    kind: 'failed',
    error: {
      name: 'System.NotSupportedException',
      text: `The ServicePointManager does not support proxies with the ${scheme} scheme.`,
      cause: 'config.invalid',
    },
  });
});

test('proxyaddress 10.0.0.5:8080 is no address, and nothing works, local names included', () => {
  const section = withSection(
    '<defaultProxy><proxy proxyaddress="10.0.0.5:8080" bypassonlocal="True"/></defaultProxy>',
  );
  for (const url of ['http://intranet/', 'https://tenant.msappproxy.net/']) {
    const choice = choose('system-net', section, url);
    expect(choice).toMatchObject({
      kind: 'failed',
      error: { name: 'System.Configuration.ConfigurationErrorsException' },
    });
    expect(choice.reasons).toMatchObject([{ mark: 'inferred', origin: { line: 4, column: 22 } }]);
  }
});

test('a module of the customer is named, not run', () => {
  const choice = choose(
    'system-net',
    withSection('<defaultProxy><module type="Contoso.Proxy, Contoso"/></defaultProxy>'),
  );
  expect(choice).toMatchObject({ kind: 'failed', error: { inner: expect.stringContaining('Contoso.Proxy, Contoso') } });
});

test('an explicit proxy has nothing to fall back to', () => {
  const section = withSection('<defaultProxy><proxy proxyaddress="http://10.20.0.8"/></defaultProxy>');
  const choice = choose('system-net', section);
  expect(choice).toMatchObject({ kind: 'static', routes: ['PROXY 10.20.0.8:80'] });
  expect(choice).not.toHaveProperty('tail');
});

test("machine.config counts when the program's file has no section, and is discarded whole when it has", () => {
  const machine = netConfig(
    '<defaultProxy><proxy proxyaddress="http://m:8080"/><bypasslist><add address="contoso"/></bypasslist></defaultProxy>',
    'machine.config',
  );
  expect(choose('system-net', settings({}, [machine, netConfig('')]))).toMatchObject({ routes: ['PROXY m:8080'] });
  const masked = settings({}, [
    machine,
    netConfig('<defaultProxy><proxy proxyaddress="http://p:8080"/></defaultProxy>'),
  ]);
  const choice = choose('system-net', masked, 'https://contoso.com/');
  expect(choice).toMatchObject(named);
  expect(choice.reasons[0]).toMatchObject({ layer: 'machine-config', overriddenBy: 'app-config', origin: { line: 4 } });
});

test('netsh winhttp and environment variables do not move it', () => {
  const spec = {
    system: { autoDetect: false },
    netsh: { proxy: 'n:8080' },
    environment: { HTTPS_PROXY: 'http://e:1' },
  };
  expect(choose('system-net', settings(spec))).toMatchObject(off);
});

test('the account has discovery on unless it says otherwise, and when its settings cannot be read', () => {
  expect(choose('system-net', settings({}))).toMatchObject({
    kind: 'automatic',
    autoDetect: true,
    fallback: ['DIRECT'],
  });
  const unreadable = { system: { autoDetect: false, proxy: 's:1', unreadable: true } };
  expect(choose('system-net', settings(unreadable))).toMatchObject({ autoDetect: true, fallback: ['DIRECT'] });
});

test('without the auto-proxy service there is no discovery', () => {
  const choice = choose('system-net', settings({ policy: { autoProxyService: false } }));
  expect(choice).toMatchObject({ routes: ['DIRECT'] });
  expect(choice.kind).not.toBe('automatic');
  expect(choose('system-net', settings({ policy: { autoProxyService: true } })).kind).toBe('automatic');
});

test('DisableWpad takes discovery away and leaves a fixed script', () => {
  const policy = { disableWpad: true };
  expect(choose('system-net', settings({ policy }))).toMatchObject(off);
  expect(choose('system-net', settings({ ...account, policy }))).toMatchObject({ ...automatic, autoDetect: false });
  const section = netConfig('<defaultProxy><proxy autoDetect="True"/></defaultProxy>');
  expect(choose('system-net', settings({ policy }, [section]))).toMatchObject(off);
});

test("only the account's own settings count, or the machine's when policy says so", () => {
  const spec = {
    accounts: { administrator: { autoDetect: false, proxy: 'admin:1' } },
    system: { autoDetect: false },
    perMachine: { autoDetect: false, proxy: 'machine:2' },
  };
  const own = choose('system-net', settings(spec));
  expect(own).toMatchObject(off);
  expect(own.reasons.filter(({ name }) => name === 'ProxyServer')).toMatchObject([
    { value: 'admin:1', overriddenBy: 'network-service', note: 'of the account administrator' },
    { value: 'machine:2', overriddenBy: 'account' },
  ]);
  expect(choose('system-net', settings({ ...spec, policy: { proxySettingsPerUser: false } }))).toMatchObject({
    routes: ['PROXY machine:2'],
  });
});

test.each([
  ['s:8080', 'https', ['PROXY s:8080']],
  ['http://s', 'https', ['PROXY s:80']],
  ['http=a:1;https=b:2', 'https', ['PROXY b:2']],
  ['http=a:1;https=b:2;', 'http', ['PROXY a:1']],
  ['http=a:1', 'https', ['DIRECT']],
])('the system proxy %s for %s is %j', (proxy, scheme, routes) => {
  expect(
    choose('system-net', settings({ system: { autoDetect: false, proxy } }), `${scheme}://x.example/`),
  ).toMatchObject({
    routes,
  });
});

test.each([
  ['invalid;host', "invalid proxy server setting: 'http://invalid;host'."],
  ['http=a:1;b:2', "invalid proxy server setting: 'http=a:1;b:2'."],
])('the bad system proxy %s fails with .NET’s text', (proxy, text) => {
  const choice = choose('system-net', settings({ system: { proxy } }));
  expect(choice).toMatchObject({ kind: 'failed', error: { inner: expect.stringContaining(text) } });
});

test.each([
  ['*.windows.net', 'https://a.b.windows.net/', true],
  ['*.windows.net', 'https://windows.net/', false],
  ['foo.com:8080', 'http://foo.com:8080/', true],
  ['foo.com:8080', 'http://foo.com/', false],
  ['foo.com', 'http://foo.com:8080/', true],
  ['http://foo.com', 'https://foo.com/', false],
  ['<local>', 'http://app.corp.example/', true],
  ['<local>', 'http://app.other.example/', false],
  ['a.b; 10.1.*', 'http://10.1.2.3/', true],
])('the system exception %s with %s: %s', (bypass, url, bypassed) => {
  const spec = { system: { autoDetect: false, proxy: 's:8080', bypass } };
  expect(choose('system-net', settings(spec), url).kind).toBe(bypassed ? 'direct' : 'static');
});

test('the two files of the documentation lead to direct and to the proxy', () => {
  const name = 'ApplicationProxyConnectorService.exe.config';
  const file = (folder: string) => ({ file: name, text: fixture(`../../scenarios/baselines/${folder}/${name}`) });
  expect(choose('system-net', settings({}, [file('connector-bypass')]))).toMatchObject(off);
  expect(choose('system-net', settings({}, [file('connector-explicit')]))).toMatchObject({
    kind: 'static',
    routes: ['PROXY proxyserver:8080'],
  });
});
