/** Each case: a fault in the world, a real program that meets it, and the diagnosis of it. */
import { chromium, curl, firefox, node, tenant } from './programs.mjs';

const proxy = 'http://proxy.corp.example:8080';
const pac = (answer) => ({ body: `function FindProxyForURL(url, host) { return "${answer}"; }` });
const say = (status, headers = '', last = true) => ({
  rules: [{ act: 'say', text: `HTTP/1.1 ${status}\r\n${headers}Content-Length: 0\r\n\r\n`, last }],
});

const byHand = [
  ['network.proxy.type', 1],
  ['network.proxy.http', 'proxy.corp.example'],
  ['network.proxy.http_port', 8080],
  ['network.proxy.ssl', 'proxy.corp.example'],
  ['network.proxy.ssl_port', 8080],
];

const blackhole = { 'tenant.msappproxy.net': '203.0.113.99' };
const inspected = (certificate, maxVersion) => ({
  proxies: [{ rules: [{ act: 'inspect' }] }],
  tls: [{ address: '10.20.0.2', port: 9443, certificate, ...(maxVersion ? { maxVersion } : {}) }],
});
const trusted = ({ work }) => ['curl', '-s', '-m', '12', '--cacert', `${work}/public-ca.pem`, '-x', proxy, tenant];

export const cases = [
  {
    name: 'direct-443-syn-blackhole',
    client: 'curl',
    expect: 'direct-443-syn-blackhole',
    fault: { zone: blackhole },
    run: curl('--noproxy', '*', tenant),
  },
  { name: 'direct-443-rst', client: 'Node', expect: 'direct-443-rst', fault: {}, run: node(tenant) },
  {
    name: 'direct-icmp-prohibited',
    client: 'curl',
    expect: 'direct-icmp-prohibited',
    fault: { zone: { 'tenant.msappproxy.net': '203.0.113.77' } },
    run: curl(tenant),
  },
  { name: 'proxy-refused', client: 'curl', expect: 'proxy-refused', fault: {}, run: curl('-x', proxy, tenant) },
  {
    name: 'proxy-syn-blackhole',
    client: 'Chromium',
    expect: 'proxy-syn-blackhole',
    fault: { zone: { 'proxy.corp.example': '10.20.9.8' } },
    run: chromium([`--proxy-server=${proxy}`]),
  },
  {
    name: 'proxy-name-nxdomain',
    client: 'Chromium',
    expect: 'proxy-name-nxdomain',
    fault: { zone: { 'old-proxy.corp.example': null }, wpad: pac('PROXY old-proxy.corp.example:8080') },
    run: chromium(['--proxy-auto-detect']),
  },
  {
    name: 'auth-407-connect',
    client: 'curl',
    expect: 'auth-407-connect',
    fault: {
      proxies: [
        say('407 Proxy Authentication Required', 'Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n'),
      ],
    },
    run: curl('-x', proxy, tenant),
  },
  {
    name: 'auth-407-connect-firefox',
    client: 'Firefox',
    expect: 'auth-407-connect',
    fault: { proxies: [say('407 Proxy Authentication Required', 'Proxy-Authenticate: Basic realm="CORP"\r\n', false)] },
    run: firefox(byHand),
  },
  {
    name: 'auth-407-no-challenge',
    client: 'curl',
    expect: 'auth-407-no-challenge',
    fault: { proxies: [say('407 Proxy Authentication Required')] },
    run: curl('-x', proxy, tenant),
  },
  {
    name: 'policy-502-deny',
    client: 'Node',
    expect: 'policy-502-deny',
    fault: { proxies: [say('502 Bad Gateway')] },
    run: node(tenant, [`HTTPS_PROXY=${proxy}`]),
  },
  {
    name: 'policy-503-overload',
    client: 'curl',
    expect: 'policy-503-overload',
    fault: { proxies: [say('503 Service Unavailable', 'Retry-After: 30\r\n')] },
    run: curl('-x', proxy, tenant),
  },
  {
    name: 'policy-403-fqdn',
    client: 'Chromium',
    expect: 'policy-403-fqdn',
    fault: { proxies: [say('403 Forbidden')] },
    run: chromium([`--proxy-server=${proxy}`]),
  },
  {
    name: 'proxy-connect-405-501',
    client: 'curl',
    expect: 'proxy-connect-405-501',
    fault: { proxies: [say('405 Method Not Allowed')] },
    run: curl('-x', proxy, tenant),
  },
  {
    name: 'proxy-rst-on-connect',
    client: 'curl',
    expect: 'proxy-rst-on-connect',
    fault: { proxies: [{ rules: [{ act: 'reset' }] }] },
    run: curl('-x', proxy, tenant),
  },
  {
    name: 'proxy-accept-close',
    client: 'curl',
    expect: 'proxy-accept-close',
    fault: { proxies: [{ rules: [{ act: 'close' }] }] },
    run: curl('-x', proxy, tenant),
  },
  {
    name: 'proxy-connect-stall',
    client: 'curl',
    expect: 'proxy-connect-stall',
    fault: { proxies: [{ rules: [{ act: 'hang' }] }] },
    run: curl('-m', '6', '-x', proxy, tenant),
  },
  {
    name: 'proxy-bad-status-line',
    client: 'curl',
    expect: 'proxy-bad-status-line',
    fault: { proxies: [{ rules: [{ act: 'say', text: 'SSH-2.0-OpenSSH_9.2\r\n', close: true }] }] },
    run: curl('-x', proxy, tenant),
  },
  {
    name: 'tls-untrusted-ca',
    client: 'curl',
    expect: 'tls-untrusted-ca',
    fault: inspected('substitute', 'TLSv1.2'),
    run: trusted,
  },
  {
    name: 'tls-untrusted-ca-firefox',
    client: 'Firefox, TLS 1.3 with keys',
    keys: true,
    expect: 'tls-untrusted-ca',
    fault: inspected('substitute'),
    run: firefox(byHand),
  },
  {
    name: 'tls-substitute-expired',
    client: 'curl',
    expect: 'tls-substitute-expired',
    fault: inspected('expired', 'TLSv1.2'),
    run: trusted,
  },
  {
    name: 'tls-substitute-name',
    client: 'curl, TLS 1.3 with keys',
    keys: true,
    expect: 'tls-substitute-name',
    fault: inspected('misnamed'),
    run: trusted,
  },
  {
    name: 'pac-http-404',
    client: 'Chromium',
    expect: 'pac-http-404',
    fault: { zone: blackhole, wpad: { status: 404, type: 'text/html', body: 'not here' } },
    run: chromium(['--proxy-auto-detect']),
  },
  {
    name: 'pac-http-refused',
    client: 'Firefox',
    expect: 'pac-http-refused',
    fault: { zone: blackhole },
    run: firefox([['network.proxy.type', 4]]),
  },
  {
    name: 'wpad-dns-nxdomain',
    client: 'Chromium',
    expect: 'wpad-dns-nxdomain',
    fault: { zone: { ...blackhole, 'wpad.corp.example': null } },
    run: chromium(['--proxy-auto-detect']),
  },
  {
    name: 'failover-first-refused',
    client: 'Chromium',
    expect: 'failover-first-refused',
    fault: {
      wpad: pac('PROXY proxy.corp.example:8080; PROXY proxy2.corp.example:8080'),
      proxies: [{ address: '10.20.0.9', rules: [{ act: 'forward' }] }],
      tls: [{ certificate: 'origin' }],
    },
    run: chromium(['--proxy-auto-detect', '--ignore-certificate-errors']),
  },
  {
    name: 'healthy-proxy',
    client: 'curl',
    expect: 'none',
    fault: { proxies: [{ rules: [{ act: 'forward' }] }], tls: [{ certificate: 'origin' }] },
    run: trusted,
  },
  {
    name: 'healthy-direct',
    client: 'Node',
    expect: 'none',
    fault: { tls: [{ certificate: 'origin' }] },
    run: (at) => ['env', `NODE_EXTRA_CA_CERTS=${at.work}/public-ca.pem`, ...node(tenant)(at)],
  },
];
