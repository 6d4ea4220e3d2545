/** Fixed proxies and the lists of exceptions beside them, as clients read them from their settings. */
import type { TraceEvent } from '../trace/events.ts';
import type { Request } from '../trace/requests.ts';
import { settingsOf } from '../trace/view.ts';
import type { View } from '../trace/view.ts';

type Setting = TraceEvent<'client.setting'>;

const proxies = ['ProxyServer', 'browser.proxy', 'winhttp.Proxy', 'proxy.proxyaddress'];
const lists = ['ProxyOverride', 'browser.bypass', 'winhttp.ProxyBypass'];

const counting = (view: View, client: string, names: readonly string[]): Setting[] =>
  names
    .flatMap((name) => settingsOf(view).get(client)?.get(name) ?? [])
    .filter(({ data }) => data.overriddenBy === null && data.value !== '');

/** The fixed proxy that counts for a client without a script; undefined where a script may decide. */
export const fixedProxyOf = (view: View, { client, started }: Request): Setting | undefined =>
  view.ofType('pac.loaded').some(({ data, seq }) => data.client === client && seq < started.seq)
    ? undefined
    : counting(view, client, proxies)[0];

export interface Exception {
  setting: Setting;
  /** As written. */
  entry: string;
  /** Its place in the list, from 0. */
  at: number;
}

/** The entries of the lists that count for a client, in order. */
export const exceptionsOf = (view: View, client: string): Exception[] =>
  counting(view, client, lists).flatMap((setting) =>
    setting.data.value
      .split(/[;,\s]+/)
      .filter((entry) => entry !== '')
      .map((entry, at) => ({ setting, entry, at })),
  );

export const isLoopback = ({ target }: Request): boolean =>
  /^(?:127\.|::1$|localhost$)|\.localhost$/i.test(target.host);

/** Whether the text of an entry is about this host: its name, its address, or with stars. No word in brackets is. */
export function names(entry: string, host: string): boolean {
  if (entry.startsWith('<')) return false;
  const pattern = entry
    .replace(/^\w+:\/\//, '')
    .replace(/:\d+$/, '')
    .replace(/^\./, '*.')
    .replace(/[\\^$+?()[\]{}|.]/g, '\\$&')
    .replaceAll('*', '.*');
  return new RegExp(`^${pattern}$`, 'i').test(host);
}
