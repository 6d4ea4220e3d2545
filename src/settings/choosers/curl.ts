/**
 * curl: the command line (`-x`, here the program's own settings), else the environment. `http_proxy` in lower case
 * alone, the others in lower case first; `no_proxy` matches names with everything below them, addresses and blocks.
 * Documented by curl; ports and complaints measured with curl 7.88.1.
 */
import { inBlock } from '../bypass-chromium.ts';
import { entriesOf } from '../bypass.ts';
import { fixed } from '../choice.ts';
import type { Choice, Chooser } from '../choice.ts';
import { firstSet, told } from '../environment.ts';
import type { Named } from '../environment.ts';
import type { ClientSettings, Reason } from '../layers.ts';
import { browserReasons } from '../own.ts';
import { readProxyUrl } from '../proxy-url.ts';
import { because, reason } from '../reason.ts';

export const curl: Chooser = {
  name: 'curl',
  summary: 'curl: -x, else http_proxy in lower case, HTTPS_PROXY, ALL_PROXY and NO_PROXY of the environment.',
  choose({ environment, browser }, { url, host }) {
    const scheme = new URL(url).protocol.replace(':', '');
    const own = browser?.mode === 'manual' ? browser.proxy : undefined;
    const found: Named | undefined = own ? ['-x', own] : firstSet(environment, namesFor(scheme));
    const except = firstSet(environment, ['no_proxy', 'NO_PROXY']);
    const bypassed = exception(except?.[1].value ?? '', host) ?? null;
    const reasons = [
      ...(own ? browserReasons(browser) : told(found, 'documented')),
      ...told(except, 'documented'),
      ...ignored(environment, scheme),
    ];
    const absent = reason('built-in', `${scheme}_proxy`, 'absent', { mark: 'documented' });
    const because = reasons.length > 0 ? reasons : [absent];
    if (browser?.mode === 'direct') return fixed({ routes: ['DIRECT'], bypassed }, '--noproxy *', because);
    if (!found) return fixed({ routes: ['DIRECT'], bypassed }, `the environment names no proxy for ${scheme}`, because);
    const why = own ? 'the command line' : `${found[0]} of the environment`;
    return bypassed === null
      ? routed(found[1].value, why, because)
      : fixed({ routes: ['DIRECT'], bypassed }, why, because);
  },
};

function routed(text: string, why: string, reasons: readonly Reason[]): Choice {
  // A proxy without a port is at 1080, whatever it speaks but TLS.
  const read = readProxyUrl(text, { scheme: 'http', httpPort: 1080, socks: 'socks4' });
  if (typeof read === 'string') return complaint(text, read, why, reasons);
  const { route, credentials } = read;
  return { kind: 'static', routes: [route], why, reasons, bypassed: null, ...(credentials ? { credentials } : {}) };
}

const complaints = {
  scheme: { name: 'CURLE_COULDNT_CONNECT', number: 7, says: 'Unsupported proxy scheme for' },
  syntax: { name: 'CURLE_COULDNT_RESOLVE_PROXY', number: 5, says: 'Unsupported proxy syntax in' },
};

function complaint(text: string, what: 'scheme' | 'syntax', why: string, reasons: readonly Reason[]): Choice {
  const { name, number, says } = complaints[what];
  const error = { name, number, text: `curl: (${number}) ${says} '${text}'`, cause: 'config.invalid' };
  const failure = { code: 'config.invalid', detail: `${says} '${text}'` } as const;
  return { kind: 'failed', why, reasons, bypassed: null, failure, error };
}

const namesFor = (scheme: string): string[] => [
  `${scheme}_proxy`,
  ...(scheme === 'http' ? [] : [`${scheme.toUpperCase()}_PROXY`]),
  'all_proxy',
  'ALL_PROXY',
];

const ignored = (environment: ClientSettings['environment'], scheme: string): Reason[] =>
  scheme === 'http'
    ? because('environment', 'HTTP_PROXY', environment.get('HTTP_PROXY'), {
        note: 'not read in upper case: a web server would let anybody set it',
        mark: 'documented',
        overriddenBy: 'http_proxy',
      })
    : [];

function exception(list: string, host: string): string | undefined {
  // Measured: a blank beside it, or another entry, and the star is a name that nobody has.
  if (list === '*') return '*';
  const wanted = host.toLowerCase().replace(/\.$/, '');
  return entriesOf(list, /[,\s]+/).find((entry) => {
    const [base = '', prefix] = entry.split('/');
    if (prefix !== undefined) return inBlock(host, base, Number(prefix));
    const name = base.toLowerCase().replace(/^\./, '').replace(/\.$/, '');
    return name !== '' && (wanted === name || wanted.endsWith(`.${name}`));
  });
}
