/**
 * Go's net/http: the environment alone, upper case first, no `ALL_PROXY`. Source: golang.org/x/net/http/httpproxy.
 * `NO_PROXY`: `foo.com` is the name and all below it, `.foo.com` and `*.foo.com` what is below it, addresses, blocks;
 * a port where one is given. Loopback never goes to a proxy.
 */
import { inBlock } from '../bypass-chromium.ts';
import { entriesOf, isLoopback } from '../bypass.ts';
import { direct, fixed } from '../choice.ts';
import type { Chooser, Destination } from '../choice.ts';
import { firstSet, sayNone, told } from '../environment.ts';
import { readProxyUrl } from '../proxy-url.ts';

export const go: Chooser = {
  name: 'go',
  summary: "Go's net/http: HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment, upper case first.",
  choose({ environment }, to) {
    const scheme = new URL(to.url).protocol.replace(':', '');
    const found = firstSet(environment, [`${scheme.toUpperCase()}_PROXY`, `${scheme}_proxy`]);
    const except = firstSet(environment, ['NO_PROXY', 'no_proxy']);
    const reasons = [...told(found, 'source'), ...told(except, 'source')];
    if (!found) return direct(`the environment names no proxy for ${scheme}`, sayNone(reasons, scheme, 'source'));
    const why = `${found[0]} of the environment`;
    const bypassed = isLoopback(to.host) ? 'loopback is always direct' : exception(except?.[1].value ?? '', to);
    if (bypassed !== undefined) return direct(why, reasons, bypassed);
    const read = readProxyUrl(found[1].value, { scheme: 'http', httpPort: 80, socks: 'socks5h' });
    // A value that is no URL is as good as none.
    if (typeof read === 'string') return direct(`${why} cannot be read`, reasons);
    const { route, credentials } = read;
    const choice = fixed({ routes: [route], bypassed: null }, why, reasons);
    return credentials ? { ...choice, credentials } : choice;
  },
};

function exception(list: string, { url, host }: Destination): string | undefined {
  const wanted = host.toLowerCase();
  const { port, protocol } = new URL(url);
  const asked = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return entriesOf(list.toLowerCase(), /,/).find((entry) => {
    if (entry === '*') return true;
    const [base = '', prefix] = entry.split('/');
    if (prefix !== undefined) return inBlock(host, base, Number(prefix));
    const [, name = entry, own] = /^(.+):(\d+)$/.exec(entry) ?? [];
    if (own !== undefined && own !== asked) return false;
    const below = name.replace(/^\*\./, '.');
    return below.startsWith('.') ? wanted.endsWith(below) : wanted === below || wanted.endsWith(`.${below}`);
  });
}
