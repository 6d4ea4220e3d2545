import { serviceFile, updaterFile } from '../product-files.ts';
import { bySetting, counting, isStillborn, nameOf, needing, placeOf } from '../programs.ts';
import { rule } from '../rule.ts';

export const cfgProxyaddressHttps = rule({
  id: 'cfg-proxyaddress-https',
  title: 'proxyaddress begins with https://',
  severity: 'error',
  summary:
    'The scheme of proxyaddress says how to speak to the proxy, not what for. .NET Framework speaks plain HTTP to proxies ' +
    'only: with https:// the file loads, and the first request throws (source). No packet leaves the machine.',
  confirm:
    'A capture that spans the start of the service shows nothing towards the proxy. The log holds “The ServicePointManager ' +
    'does not support proxies with the https scheme.”',
  fix: `Write proxyaddress="http://proxyserver:8080" with the proxy’s plain port, in ${serviceFile} and ${updaterFile}; https destinations go through it by CONNECT. Restart both services.`,
  refutedIf: 'A packet to the proxy is in the capture.',
  alternatives: [],
  ...bySetting(
    'a proxyaddress with https:// and a request that failed before any packet',
    needing('a proxyaddress', (program) => counting(program, 'proxy.proxyaddress')),
    (program) =>
      counting(program, 'proxy.proxyaddress')
        .filter(({ data }) => /^https:/i.test(data.value.trim()))
        .map((setting) => ({
          settings: [setting],
          requests: program.requests.filter(isStillborn),
          about: placeOf(setting),
          why: `${placeOf(setting)} sets proxyaddress to "${setting.data.value}": ${nameOf(program)} knows no proxies over TLS and sends no packet.`,
        })),
  ),
});
