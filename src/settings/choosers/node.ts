/**
 * Programs on Node: what the program itself hands to its agent (here its own settings), else the environment as
 * proxy-agent reads it, that is proxy-from-env (source). A `pac+http:` URL names a script. No discovery.
 */
import { entriesOf } from '../bypass.ts';
import { direct, failed, fixed } from '../choice.ts';
import type { Choice, Chooser, Destination } from '../choice.ts';
import { firstSet, sayNone, told } from '../environment.ts';
import type { Named } from '../environment.ts';
import type { ClientSettings, Reason } from '../layers.ts';
import { browserReasons } from '../own.ts';
import { readProxyUrl } from '../proxy-url.ts';

export const node: Chooser = {
  name: 'node',
  summary: "Node with proxy-agent: the program's own proxy or script, else HTTPS_PROXY and the like, and NO_PROXY.",
  choose(settings, destination) {
    const { browser } = settings;
    return browser && browser.mode !== 'system'
      ? ofItself(browser, destination)
      : ofEnvironment(settings.environment, destination);
  },
};

function ofItself(own: NonNullable<ClientSettings['browser']>, { url }: Destination): Choice {
  const reasons = browserReasons(own);
  const why = `the program's own agent: ${own.mode}`;
  if (own.mode === 'script' && own.scriptUrl) return byScript(own.scriptUrl.value, why, reasons);
  if (own.mode === 'manual' && own.proxy) return byUrl(own.proxy.value, schemeOf(url), why, reasons);
  return direct(own.mode === 'auto-detect' ? 'agents of Node discover nothing' : why, reasons);
}

function ofEnvironment(environment: ClientSettings['environment'], to: Destination): Choice {
  const scheme = schemeOf(to.url);
  const found = variable(environment, `${scheme}_proxy`) ?? variable(environment, 'all_proxy');
  const except = variable(environment, 'no_proxy');
  const reasons = sayNone([...told(found, 'source'), ...told(except, 'source')], scheme, 'source');
  if (!found) return direct(`the environment names no proxy for ${scheme}`, reasons);
  const why = `${found[0]} of the environment`;
  const bypassed = exception(except?.[1].value ?? '', to);
  if (bypassed !== undefined) return fixed({ routes: ['DIRECT'], bypassed }, why, reasons);
  return byUrl(found[1].value, scheme, why, reasons);
}

const schemeOf = (url: string): string => new URL(url).protocol.replace(':', '');

/** Lower case first. */
const variable = (environment: ClientSettings['environment'], name: string): Named | undefined =>
  firstSet(environment, [name, name.toUpperCase()]);

/** A text without a scheme gets that of the destination: HTTPS_PROXY=proxy:8080 is a proxy that speaks TLS. */
function byUrl(text: string, scheme: string, why: string, reasons: readonly Reason[]): Choice {
  if (/^pac\+/i.test(text)) return byScript(text, why, reasons);
  const read = readProxyUrl(text, { scheme, httpPort: 80, socks: 'socks5h' });
  if (typeof read === 'string') {
    const said = read === 'scheme' ? `Unsupported protocol for proxy URL: ${text}` : `Invalid URL: ${text}`;
    const name = read === 'scheme' ? 'Error' : 'ERR_INVALID_URL';
    return failed({ name, text: said, origin: null, mark: 'source' }, why, reasons);
  }
  const { route, credentials } = read;
  return { kind: 'static', routes: [route], why, reasons, bypassed: null, ...(credentials ? { credentials } : {}) };
}

/** Without a script the request fails: nothing stands behind it. */
const byScript = (text: string, why: string, reasons: readonly Reason[]): Choice => ({
  kind: 'automatic',
  autoDetect: false,
  scriptUrl: text.replace(/^pac\+/i, ''),
  fallback: [],
  tail: [],
  bypassed: null,
  downloadTimeout: null,
  retryInterval: null,
  why,
  reasons,
});

/**
 * `*` alone is everything. A name without a leading dot or star is that host and no other; with one, everything that
 * ends so. A port, where given, must be the one asked for. No blocks of addresses.
 */
function exception(list: string, { url, host }: Destination): string | undefined {
  if (list === '*') return '*';
  const { port } = new URL(url);
  const asked = port === '' ? (schemeOf(url) === 'https' ? 443 : 80) : Number(port);
  return entriesOf(list.toLowerCase(), /[,\s]+/).find((entry) => {
    const [, name = entry, wanted] = /^(.+):(\d+)$/.exec(entry) ?? [];
    if (wanted !== undefined && Number(wanted) !== asked) return false;
    const wild = /^[.*]/.test(name);
    return wild ? host.toLowerCase().endsWith(name.replace(/^\*/, '')) : host.toLowerCase() === name;
  });
}
