/**
 * curl: environment variables only. `http_proxy` in lower case alone, the others in lower case first; `no_proxy`
 * matches names with everything below them, addresses and blocks. Documented by curl.
 */
import { inBlock } from '../bypass-chromium.ts';
import { entriesOf } from '../bypass.ts';
import { fixed } from '../choice.ts';
import type { Chooser } from '../choice.ts';
import type { ClientSettings, Reason, Setting } from '../layers.ts';
import { because, reason } from '../reason.ts';
import { proxyFor } from '../winhttp-static.ts';

export const curl: Chooser = {
  name: 'curl',
  summary: 'curl: http_proxy in lower case, HTTPS_PROXY, ALL_PROXY and NO_PROXY of the environment.',
  choose({ environment }, { url, host }) {
    const scheme = new URL(url).protocol.replace(':', '');
    const found = firstOf(environment, namesFor(scheme));
    const except = firstOf(environment, ['no_proxy', 'NO_PROXY']);
    const bypassed = exception(except?.[1].value ?? '', host) ?? null;
    const reasons = [...told(found), ...told(except), ...ignored(environment, scheme)];
    const route = found && bypassed === null ? (proxyFor(found[1].value, url) ?? 'DIRECT') : 'DIRECT';
    const why = found ? `${found[0]} of the environment` : `the environment names no proxy for ${scheme}`;
    const absent = reason('built-in', `${scheme}_proxy`, 'absent', { mark: 'documented' });
    return fixed({ routes: [route], bypassed }, why, reasons.length > 0 ? reasons : [absent]);
  },
};

const namesFor = (scheme: string): string[] => [
  `${scheme}_proxy`,
  ...(scheme === 'http' ? [] : [`${scheme.toUpperCase()}_PROXY`]),
  'all_proxy',
  'ALL_PROXY',
];

type Named = readonly [name: string, setting: Setting<string>];

/** The first that is there; an empty one is as good as none. */
function firstOf(environment: ClientSettings['environment'], names: readonly string[]): Named | undefined {
  for (const name of names) {
    const setting = environment.get(name);
    if (setting && setting.value !== '') return [name, setting];
  }
  return undefined;
}

const told = (named: Named | undefined): Reason[] =>
  named ? because('environment', named[0], named[1], { mark: 'documented' }) : [];

const ignored = (environment: ClientSettings['environment'], scheme: string): Reason[] =>
  scheme === 'http'
    ? because('environment', 'HTTP_PROXY', environment.get('HTTP_PROXY'), {
        note: 'not read in upper case: a web server would let anybody set it',
        mark: 'documented',
        overriddenBy: 'http_proxy',
      })
    : [];

function exception(list: string, host: string): string | undefined {
  if (list.trim() === '*') return '*';
  const wanted = host.toLowerCase().replace(/\.$/, '');
  return entriesOf(list, /[,\s]+/).find((entry) => {
    const [base = '', prefix] = entry.split('/');
    if (prefix !== undefined) return inBlock(host, base, Number(prefix));
    const name = base.toLowerCase().replace(/^\./, '').replace(/\.$/, '');
    return name !== '' && (wanted === name || wanted.endsWith(`.${name}`));
  });
}
