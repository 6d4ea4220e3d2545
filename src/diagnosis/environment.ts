/** Variables of the environment that name proxies, and the requests that went by them or should have. */
import type { TraceEvent } from '../trace/events.ts';
import type { Request } from '../trace/requests.ts';
import { settingsOf } from '../trace/view.ts';
import type { View } from '../trace/view.ts';

type Setting = TraceEvent<'client.setting'>;

/** The client's variable of this very spelling; empty ones are there, too. */
export function variable(view: View, client: string, name: string): Setting | undefined {
  const setting = settingsOf(view).get(client)?.get(name);
  return setting?.data.layer === 'environment' ? setting : undefined;
}

const names = ['http_proxy', 'https_proxy', 'all_proxy'];

/** Variables that name a proxy, in both spellings. */
export const proxyVariables = (view: View, client: string): Setting[] =>
  names
    .flatMap((name) => [variable(view, client, name), variable(view, client, name.toUpperCase())])
    .filter((setting) => setting !== undefined);

/** The exceptions, in both spellings. */
export const exceptions = (view: View, client: string): Setting[] =>
  ['no_proxy', 'NO_PROXY'].flatMap((name) => variable(view, client, name) ?? []);

/** `http://user:pass@proxy:8080/` → `proxy:8080`. */
export const placeIn = (value: string): string =>
  value
    .replace(/^\w+:\/\//, '')
    .replace(/^[^@/]*@/, '')
    .replace(/\/.*$/, '')
    .toLowerCase();

/** The variable that the first route of a request is from. */
export function followed(view: View, { client, attempts }: Request): Setting | undefined {
  const proxy = attempts[0]?.proxy;
  if (!proxy) return undefined;
  const place = `${proxy.host}:${proxy.port}`.toLowerCase();
  return proxyVariables(view, client).find(({ data }) => placeIn(data.value) === place);
}

/** Programs that take their proxies from the environment, by their makers' documentation or source. */
const readers = new Set(['curl', 'go', 'node', 'axios', 'dotnet']);

/** Whether this client is such a program, and no list of exceptions can have sent it past the proxy. */
export const readsOnlyVariables = (view: View, client: string): boolean =>
  view.ofType('client.started').some(({ data }) => data.client === client && readers.has(data.profile)) &&
  exceptions(view, client).every(({ data }) => data.value === '');
