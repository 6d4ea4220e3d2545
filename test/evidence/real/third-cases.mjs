/**
 * The third set: faults that are in neither of the first two, each as the lab plays it (`scenario`, and the row of its
 * matrix), met by a real program. Written before anybody had made or seen one of these captures. `visits` are pages of a
 * browser, one after the other; `settings` are those of its user. At the first look 30 of 34 were named exactly, one as an
 * alternative, and all four healthy ones stayed silent (docs/captures.md says what was mended). The captures of
 * `huge-script` and `long-head` are too large to be kept here.
 */
const tenant = 'https://tenant.msappproxy.net/bootstrap';
const list = 'http://crl3.digicert.com/DigiCertGlobalRootG2.crl';
const proxy = 'http://proxy.corp.example:8080';
const manual = { proxy: 'proxy.corp.example:8080' };
const automatic = { autoDetect: true };
const account = { user: 'admin', password: 'secret' };

const curl = (...words) => ({ run: ({ trust }) => ['curl', '-s', '-m', '12', '--cacert', trust, ...words] });
const proxied = (...words) => curl('-x', proxy, ...words);
const node = (text) => ({
  run: ({ trust, node: program }) => [
    'env',
    'NODE_USE_ENV_PROXY=1',
    `HTTPS_PROXY=${proxy}`,
    `NODE_EXTRA_CA_CERTS=${trust}`,
    program,
    '-e',
    `const get = (url) => fetch(url).then((r) => r.text()).catch(() => 1); (async () => { ${text} })()`,
  ],
});
const chromium = (settings, visits, more = {}) => ({ browser: 'chromium', settings, visits, ...more });
const firefox = (settings, visits, more = {}) => ({ browser: 'firefox', settings, visits, ...more });

export const cases = [
  { name: '401-for-407', client: 'curl', expect: 'auth-401-for-407', ...proxied(tenant) },
  {
    name: 'unknown-scheme',
    client: 'Chromium',
    expect: 'auth-407-unsupported-scheme',
    ...chromium(manual, [tenant], { credentials: account }),
  },
  {
    name: 'stale-nonces',
    client: 'Chromium',
    expect: 'auth-digest-stale-loop',
    ...chromium(manual, [tenant], { credentials: account }),
  },
  {
    name: 'endless-realms',
    client: 'Chromium',
    expect: 'auth-endless-challenge',
    ...chromium(manual, [tenant], { credentials: account }),
  },
  { name: 'sign-in-page', client: 'Firefox', expect: 'auth-redirect-portal', ...firefox(manual, [tenant]) },
  {
    name: 'lists-ask',
    client: 'curl',
    expect: 'auth-407-on-crl',
    ...proxied(tenant, list),
  },
  {
    name: '407-direct',
    client: 'Chromium',
    expect: 'auth-407-from-origin',
    ...chromium({}, ['http://intranet.corp.example/']),
  },
  { name: 'no-content-tunnel', client: 'Firefox', expect: 'proxy-connect-204', ...firefox(manual, [tenant]) },
  { name: 'length-in-200', client: 'Node', expect: 'proxy-connect-200-with-length', ...node(`await get('${tenant}')`) },
  {
    name: 'long-head',
    client: 'Chromium',
    expect: 'proxy-connect-huge-headers',
    row: 2,
    ...chromium(manual, [tenant]),
  },
  { name: 'http10-reply', client: 'curl', expect: 'proxy-connect-http10-reply', ...proxied(tenant) },
  {
    name: 'large-fields',
    client: 'curl',
    expect: 'proxy-request-header-limit',
    ...proxied(
      list,
      '--next',
      '-s',
      '-m',
      '12',
      '-x',
      proxy,
      '-H',
      `X-Ticket: ${'YIIFoIIFnKADAgEFoQMCAQ6i'.repeat(390)}`,
      list,
    ),
  },
  { name: 'shutting-down', client: 'Node', expect: 'proxy-shutdown', ...node(`await get('${tenant}')`) },
  {
    name: 'no-connect',
    client: 'Chromium',
    expect: 'policy-connect-443-denied',
    // One name that is refused may as well be the name: the finding names the method as an alternative.
    shows: 'policy-403-fqdn',
    ...chromium(manual, ['http://www.microsoft.com/', tenant]),
  },
  {
    name: 'one-label-star',
    client: 'curl',
    expect: 'policy-wildcard-depth',
    ...proxied('https://relay.servicebus.windows.net/', 'https://west.relay.servicebus.windows.net/'),
  },
  {
    name: 'address-asked',
    client: 'Node',
    expect: 'policy-ip-literal-connect',
    ...node(`await get('${tenant}'); await get('https://203.0.113.10/')`),
  },
  { name: 'scanner-down', client: 'Firefox', expect: 'policy-icap-down', ...firefox(manual, [tenant]) },
  { name: 'page-for-list', client: 'curl', expect: 'policy-block-page-200-for-crl', ...proxied(list) },
  {
    name: 'trust-list-denied',
    client: 'curl',
    expect: 'policy-registration-80-blocked',
    ...proxied(
      'http://www.microsoft.com/',
      'http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootstl.cab',
    ),
  },
  {
    name: 'upload-too-big',
    client: 'curl',
    expect: 'policy-body-too-big',
    ...proxied(
      'http://app.corp.example/',
      '--next',
      '-s',
      '-m',
      '12',
      '-x',
      proxy,
      '-d',
      'a long document',
      'http://app.corp.example/upload',
    ),
  },
  {
    name: 'prohibited-address',
    client: 'Node',
    expect: 'policy-destination-ip-prohibited',
    ...node(`await get('${tenant}'); await get('https://tenant.servicebus.windows.net/')`),
  },
  { name: 'script-401', client: 'Chromium', expect: 'pac-http-401', ...chromium(automatic, [tenant]) },
  { name: 'script-moved', client: 'Firefox', expect: 'pac-http-redirect', ...firefox(automatic, [tenant]) },
  { name: 'wide-script', client: 'Chromium', expect: 'pac-utf16-body', ...chromium(automatic, [tenant]) },
  { name: 'script-203', client: 'Chromium', expect: 'pac-http-not-exactly-200', ...chromium(automatic, [tenant]) },
  { name: 'huge-script', client: 'Chromium', expect: 'pac-over-1mb', ...chromium(automatic, [tenant]) },
  { name: 'wpad-catch-all', client: 'Firefox', expect: 'wpad-dns-nxdomain-hijack', ...firefox(automatic, [tenant]) },
  {
    name: 'one-wpad-dead',
    client: 'Chromium',
    expect: 'wpad-dns-multi-a-one-dead',
    row: 2,
    ...chromium(automatic, [tenant]),
  },
  {
    name: 'collision-mark',
    client: 'Firefox',
    expect: 'wpad-dns-icann-127-0-53-53',
    ...firefox(automatic, [tenant]),
  },
  {
    name: 'guest-network',
    client: 'Chromium',
    expect: 'env-captive-portal',
    ...chromium({}, ['http://crl3.digicert.com/root.crl', tenant]),
  },
  {
    name: 'interceptor',
    client: 'curl',
    expect: 'env-transparent-plus-explicit',
    ...proxied('http://crl3.digicert.com/root.crl'),
  },
  {
    name: 'no-common-cipher',
    client: 'curl',
    expect: 'tls-cipher-mismatch',
    ...proxied('https://login.microsoftonline.com/'),
  },
  { name: 'retired-first', client: 'Firefox', expect: 'failover-proxy-dns', ...firefox(automatic, [tenant]) },
  {
    name: 'late-start',
    client: 'Node',
    expect: 'diag-capture-missed-start',
    scenario: 'policy-icap-down',
    healthy: true,
    late: true,
    // One connection, asked for something every second.
    ...node(
      `for (let n = 0; n < 8; n += 1) { await get('${tenant}'); await new Promise((r) => setTimeout(r, 1000)); }`,
    ),
  },
  {
    name: 'healthy-automatic',
    client: 'Chromium',
    expect: 'none',
    scenario: 'base-wpad-proxy-ok',
    certificate: true,
    ...chromium(automatic, [tenant]),
  },
  {
    name: 'healthy-manual',
    client: 'Firefox',
    expect: 'none',
    scenario: 'policy-icap-down',
    healthy: true,
    certificate: true,
    ...firefox(manual, [tenant]),
  },
  {
    name: 'healthy-digest',
    client: 'curl',
    expect: 'none',
    scenario: 'auth-digest-stale-loop',
    healthy: true,
    ...proxied('--proxy-digest', '-U', 'admin:secret', tenant),
  },
  { name: 'healthy-straight', client: 'curl', expect: 'none', scenario: 'base-direct-ok', ...curl(tenant) },
];
