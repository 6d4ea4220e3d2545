/**
 * Firefox: the settings of the account, or its own. Its list of exceptions holds for scripts too; loopback is direct
 * unless a preference says otherwise. Measured with Firefox 153.
 */
import { fixed } from '../choice.ts';
import type { Chooser, Destination } from '../choice.ts';
import { inBlock } from '../bypass-chromium.ts';
import { entriesOf, isLoopback, isPlainName } from '../bypass.ts';
import { effectiveBrowser } from '../own.ts';
import { proxyFor } from '../winhttp-static.ts';

export const firefox: Chooser = {
  name: 'firefox',
  summary: 'Firefox: settings of the account unless it has its own; its exceptions hold for scripts too.',
  choose(settings, destination) {
    const { autoDetect, scriptUrl, proxy, bypass, reasons, why } = effectiveBrowser(settings);
    const bypassed = isLoopback(destination.host) ? 'loopback is always direct' : exception(bypass, destination);
    if (bypassed !== undefined) return fixed({ routes: ['DIRECT'], bypassed }, why, reasons);
    const routes = [proxyFor(proxy, destination.url) ?? 'DIRECT'];
    if (!autoDetect && scriptUrl === null) return fixed({ routes, bypassed: null }, why, reasons);
    const rest = { tail: [], bypassed: null, downloadTimeout: null, retryInterval: null, why, reasons };
    return { kind: 'automatic', autoDetect, scriptUrl, fallback: routes, ...rest };
  },
};

/** `no_proxies_on`: names with everything below them, addresses, blocks. */
const exception = (list: string, { url, host }: Destination): string | undefined =>
  entriesOf(list, /[;,\s]+/).find((entry) => {
    if (entry.toLowerCase() === '<local>') return isPlainName(host);
    // With a port behind it an entry holds for that port alone (measured).
    const [, place = entry, port] = /^([^:]*):(\d+)$/.exec(entry) ?? [];
    if (port !== undefined && port !== portOf(url)) return false;
    const [base = '', prefix] = place.split('/');
    if (prefix !== undefined) return inBlock(host, base, Number(prefix));
    const name = base.toLowerCase().replace(/^\*?\.?/, '');
    const wanted = host.toLowerCase();
    return wanted === name || wanted.endsWith(`.${name}`);
  });

function portOf(url: string): string {
  const { port, protocol } = new URL(url);
  return port === '' ? (/^(?:https|wss):$/.test(protocol) ? '443' : '80') : port;
}
