import { bySetting, counting, isFramework, isStillborn, nameOf, needing, placeOf } from '../programs.ts';
import { rule } from '../rule.ts';

export const cfgSystemProxyStringBad = rule({
  id: 'cfg-system-proxy-string-bad',
  title: 'The proxy of the Internet settings is a text that System.Net cannot read',
  severity: 'error',
  summary:
    'ProxyServer is either host:port or a list of scheme=host:port parted by semicolons. Other programs forgive a stray entry; ' +
    'System.Net throws FormatException for the whole (source), and every request of the service fails before a packet leaves.',
  confirm:
    'A capture that spans the start of the service shows nothing towards the proxy. The log holds “The system proxy settings ' +
    'contain an invalid proxy server setting”.',
  fix:
    'Correct the proxy for the account of the service: ProxyServer under HKU\\S-1-5-20\\Software\\Microsoft\\Windows\\' +
    'CurrentVersion\\Internet Settings (per machine: under HKLM), as proxyserver:8080 or http=proxyserver:8080;' +
    'https=proxyserver:8080; restart the service.',
  refutedIf: 'The value reads host:port, or scheme=host:port for each entry.',
  alternatives: [],
  ...bySetting(
    'a ProxyServer that System.Net complains of, and a request that failed before any packet',
    needing('a ProxyServer that counts', (program) => counting(program, 'ProxyServer')),
    (program) =>
      isFramework(program)
        ? counting(program, 'ProxyServer').map((setting) => ({
            settings: [setting],
            requests: program.requests.filter(
              (request) => isStillborn(request) && isComplaint(request.finished?.data.error),
            ),
            about: setting.data.value,
            why: `ProxyServer in ${placeOf(setting)} is "${setting.data.value}": ${nameOf(program)} cannot read it and sends no packet.`,
          }))
        : [],
  ),
});

const isComplaint = (error: { text: string; inner?: string } | null | undefined): boolean =>
  /invalid proxy server setting/.test(`${error?.text ?? ''} ${error?.inner ?? ''}`);
