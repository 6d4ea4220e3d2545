/** The programs that meet the faults, kept from talking of their own accord as far as they let one. */

export const tenant = 'https://tenant.msappproxy.net/';

export const curl =
  (...words) =>
  () => ['curl', '-s', '-m', '12', ...words];
export const node =
  (url, env = []) =>
  ({ node: program }) => [
    'env',
    'NODE_USE_ENV_PROXY=1',
    ...env,
    program,
    '-e',
    `fetch(${JSON.stringify(url)}).then((r) => r.text()).catch(() => 1)`,
  ];
export const chromium =
  (flags, url = tenant) =>
  ({ home }) => [
    'chromium',
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-default-apps',
    '--disable-features=NetworkTimeServiceQuerying,OptimizationHints,MediaRouter',
    '--no-first-run',
    `--user-data-dir=${home}/profile`,
    ...flags,
    '--timeout=9000',
    '--dump-dom',
    url,
  ];
const quietFirefox = [
  ['network.captive-portal-service.enabled', false],
  ['network.connectivity-service.enabled', false],
  ['app.normandy.enabled', false],
  ['services.settings.server', 'data:,'],
  ['browser.safebrowsing.update.enabled', false],
  ['browser.safebrowsing.malware.enabled', false],
  ['browser.safebrowsing.phishing.enabled', false],
  ['browser.safebrowsing.downloads.remote.enabled', false],
  ['datareporting.healthreport.uploadEnabled', false],
  ['toolkit.telemetry.enabled', false],
  ['toolkit.telemetry.server', 'data:,'],
  ['extensions.systemAddon.update.enabled', false],
  ['extensions.update.enabled', false],
  ['app.update.enabled', false],
  ['media.gmp-manager.updateEnabled', false],
  ['media.gmp-manager.url', 'data:,'],
  ['browser.newtabpage.enabled', false],
  ['browser.startup.homepage', 'about:blank'],
  ['browser.region.network.url', ''],
  ['browser.region.update.enabled', false],
  ['browser.search.update', false],
  ['dom.push.enabled', false],
  ['network.dns.disablePrefetch', true],
  ['network.http.speculative-parallel-limit', 0],
  ['network.trr.mode', 5],
  ['network.dns.native_https_query', false],
  ['network.dns.disableIPv6', true],
];
export const firefox =
  (prefs, url = tenant) =>
  ({ home }) => [
    'sh',
    '-c',
    `mkdir -p ${home}/profile && cat > ${home}/profile/user.js <<'X'\n${[...quietFirefox, ...prefs]
      .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`)
      .join(
        '\n',
      )}\nX\nexec timeout -s KILL 22 firefox-esr --headless --no-remote --profile ${home}/profile --screenshot ${home}/x.png ${url}`,
  ];
