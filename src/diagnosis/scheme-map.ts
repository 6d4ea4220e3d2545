/** Fixed proxies by scheme, as a client's own settings have them: `http=a:8080;https=b:8443`. */
import type { TraceEvent } from '../trace/events.ts';
import { settingsOf } from '../trace/view.ts';
import type { View } from '../trace/view.ts';

export interface SchemeMap {
  setting: TraceEvent<'client.setting'>;
  /** Scheme → `host:port`. */
  entries: ReadonlyMap<string, string>;
}

/** Settings that hold a proxy string: of the account or the machine, of a browser, of netsh. */
const names = ['ProxyServer', 'browser.proxy', 'winhttp.Proxy'];

/** The map that counts for a client; undefined when it has one proxy for all, or none. */
export function schemeMapOf(view: View, client: string): SchemeMap | undefined {
  const own = settingsOf(view).get(client);
  for (const name of names) {
    const setting = own?.get(name);
    if (!setting || setting.data.overriddenBy !== null) continue;
    const parts = setting.data.value.split(/[;\s]+/).filter((part) => part !== '');
    const pairs = parts.map((part) => part.split('='));
    if (parts.length === 0 || pairs.some(({ length }) => length !== 2)) return undefined;
    return { setting, entries: new Map(pairs.map(([scheme = '', at = '']) => [scheme.toLowerCase(), at])) };
  }
  return undefined;
}
