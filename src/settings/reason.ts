/** Writing down why. */
import type { LayerName, NetshSettings, Reason, Setting } from './layers.ts';

/** The registry value that sends backend requests by the proxy. */
export const backendFlagName = 'UseDefaultProxyForBackendRequests';

type Rest = Partial<Pick<Reason, 'note' | 'mark' | 'overriddenBy' | 'origin'>>;

export const reason = (layer: LayerName, name: string, value: unknown, rest: Rest = {}): Reason => ({
  name,
  value: String(value),
  layer,
  origin: rest.origin ?? null,
  note: rest.note ?? null,
  mark: rest.mark ?? 'source',
  overriddenBy: rest.overriddenBy ?? null,
});

/** The same for a setting that may not be there: none, or one reason. */
export const because = <T>(
  layer: LayerName,
  name: string,
  setting: Setting<T> | undefined,
  rest: Omit<Rest, 'origin'> = {},
): Reason[] => (setting ? [reason(layer, name, setting.value, { ...rest, origin: setting.origin })] : []);

export const netshReasons = (netsh: NetshSettings | undefined): Reason[] => [
  ...because('netsh', 'winhttp.Proxy', netsh?.proxy, { mark: 'documented' }),
  ...because('netsh', 'winhttp.ProxyBypass', netsh?.bypass, { mark: 'documented' }),
  ...because('netsh', 'winhttp.AutoconfigUrl', netsh?.scriptUrl, { mark: 'documented' }),
  ...because('netsh', 'winhttp.AutoDetect', netsh?.autoDetect, { mark: 'documented' }),
];
