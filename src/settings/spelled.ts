/** A `defaultProxy` section that is spelled out in a scenario, under the same rules as one in a file. */
import { emptySection } from './layers.ts';
import type { DefaultProxySection, ExeConfig, Setting, SettingFault } from './layers.ts';
import { uriFault } from './net-uri.ts';
import type { DefaultProxySpec } from './spec.ts';

export function spelledConfig(spec: DefaultProxySpec): ExeConfig {
  const { enabled, useDefaultCredentials, proxy = {}, bypasslist = [], module } = spec;
  const fault = uriFaultOf('proxyaddress', proxy.proxyaddress) ?? uriFaultOf('scriptLocation', proxy.scriptLocation);
  const section: DefaultProxySection = {
    ...emptySection,
    enabled: setting(enabled),
    useDefaultCredentials: setting(useDefaultCredentials),
    usesystemdefault: setting(proxy.usesystemdefault),
    proxyaddress: setting(proxy.proxyaddress),
    bypassonlocal: setting(proxy.bypassonlocal),
    autoDetect: setting(proxy.autoDetect),
    scriptLocation: setting(proxy.scriptLocation),
    bypasslist: bypasslist.map((value) => ({ value, origin: null })),
    module: setting(module),
  };
  return {
    file: null,
    section: fault ? undefined : section,
    fault,
    downloadTimeout: undefined,
    retryInterval: undefined,
  };
}

const setting = <T>(value: T | undefined): Setting<T> | undefined =>
  value === undefined ? undefined : { value, origin: null };

function uriFaultOf(name: string, value: string | undefined): SettingFault | undefined {
  const why = value === undefined ? undefined : uriFault(value);
  if (value === undefined || why === undefined) return undefined;
  return {
    name: 'System.Configuration.ConfigurationErrorsException',
    text: `The value of the property '${name}' cannot be parsed. The error is: ${why}`,
    origin: null,
    mark: 'inferred',
    written: { name: `proxy.${name}`, value },
  };
}
