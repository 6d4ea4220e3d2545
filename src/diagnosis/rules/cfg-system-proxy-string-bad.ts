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
        ? counting(program, 'ProxyServer').map((setting) => {
            const failed = program.requests.filter(isStillborn);
            const complaints = failed.filter(({ finished }) => isComplaint(finished?.data.error));
            const why = `ProxyServer in ${placeOf(setting)} is "${setting.data.value}": ${nameOf(program)} cannot read it`;
            const about = setting.data.value;
            if (complaints.length > 0 || !isMixed(setting.data.value))
              return { settings: [setting], requests: complaints, about, why: `${why} and sends no packet.` };
            // Another mistake in the configuration came first.
            return {
              settings: [setting],
              requests: failed,
              about,
              why: `${why}, once it comes to that.`,
              match: { confidence: 'possible', explains: [] },
            };
          })
        : [],
  ),
});

/** Several entries, and not all of them with a scheme. */
function isMixed(value: string): boolean {
  const entries = value.split(';').filter((entry) => entry.trim() !== '');
  return entries.length > 1 && entries.some((entry) => !entry.includes('='));
}

const isComplaint = (error: { text: string; inner?: string } | null | undefined): boolean =>
  /invalid proxy server setting/.test(`${error?.text ?? ''} ${error?.inner ?? ''}`);
