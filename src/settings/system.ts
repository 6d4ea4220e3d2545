/** Which WinINET settings hold for a client: its account's, or the machine's where policy says so. */
import { emptySystem } from './layers.ts';
import type { ClientSettings, LayerName, Reason, SystemSettings } from './layers.ts';
import { because, reason } from './reason.ts';

export interface EffectiveSystem {
  system: SystemSettings;
  layer: LayerName;
  /** After Windows's default and policy: whether a script is looked for. */
  autoDetect: boolean;
  /** Discovery by WinHTTP is switched off for everybody. */
  wpadDisabled: boolean;
  reasons: readonly Reason[];
}

export function effectiveSystem(settings: ClientSettings): EffectiveSystem {
  const { policy, perMachine, accounts, identity } = settings;
  const machineWide = policy.proxySettingsPerUser?.value === false;
  const layer = machineWide ? 'per-machine' : 'account';
  const system = (machineWide ? perMachine : accounts.get(identity)) ?? emptySystem;
  const perUser = because('policy', 'ProxySettingsPerUser', policy.proxySettingsPerUser, {
    note: machineWide ? "the machine's settings hold for every account" : 'each account has its own settings',
    mark: 'documented',
  });
  const pending = because('policy', 'ProxySettingsPerUser', policy.pendingPerUser, {
    note: 'set in group policy, not yet on this machine',
    mark: 'documented',
    overriddenBy: 'not fetched',
  });
  const detection = autoDetectOf(system, settings, layer);
  return {
    system: system.unreadable?.value === true ? emptySystem : system,
    layer,
    autoDetect: detection.on,
    wpadDisabled: discoveryIsOff(policy),
    reasons: [
      ...pending,
      ...perUser,
      ...detection.reasons,
      ...systemReasons(system, layer),
      ...otherLayers(settings, layer),
    ],
  };
}

/** By policy, or because the service that does it is disabled. */
export const discoveryIsOff = ({ disableWpad, autoProxyService }: ClientSettings['policy']): boolean =>
  disableWpad?.value === true || autoProxyService?.value === false;

function autoDetectOf(
  { autoDetect, unreadable }: SystemSettings,
  { policy }: ClientSettings,
  layer: LayerName,
): { on: boolean; reasons: Reason[] } {
  if (discoveryIsOff(policy)) {
    const { disableWpad, autoProxyService } = policy;
    const note = 'discovery is switched off on this machine';
    const stopped = 'nobody looks for scripts on this machine';
    return {
      on: false,
      reasons: [
        // Documented for WinHTTP; that it takes discovery from whoever else reads these settings is inferred.
        ...because('policy', 'DisableWpad', disableWpad, { note, mark: 'inferred' }),
        ...because('policy', 'WinHttpAutoProxySvc', autoProxyService, { note: stopped, mark: 'inferred' }),
        ...because(layer, 'AutoDetect', autoDetect, { overriddenBy: 'policy' }),
      ],
    };
  }
  if (unreadable?.value === true)
    return {
      on: true,
      reasons: because(layer, 'unreadable', unreadable, { note: 'discovery is assumed to be on' }),
    };
  if (autoDetect) return { on: autoDetect.value, reasons: because(layer, 'AutoDetect', autoDetect) };
  return {
    on: true,
    reasons: [reason('built-in', 'AutoDetect', true, { note: 'on unless switched off', mark: 'documented' })],
  };
}

const systemReasons = ({ scriptUrl, proxy, bypass }: SystemSettings, layer: LayerName): Reason[] => [
  ...because(layer, 'AutoConfigURL', scriptUrl),
  ...because(layer, 'ProxyServer', proxy),
  ...because(layer, 'ProxyOverride', bypass),
];

/** Settings of other accounts and of the machine, which this client does not see. */
function otherLayers({ accounts, identity, perMachine }: ClientSettings, layer: LayerName): Reason[] {
  const unseen = (system: SystemSettings, of: LayerName, note: string, overriddenBy: string): Reason[] =>
    systemReasons(system, of).map((line) => ({ ...line, note, overriddenBy, mark: 'documented' }));
  const others = [...accounts].filter(([name]) => layer === 'per-machine' || name !== identity);
  return [
    ...others.flatMap(([name, system]) =>
      unseen(system, 'account', `of the account ${name}`, layer === 'per-machine' ? 'per-machine' : identity),
    ),
    ...(perMachine && layer === 'account'
      ? unseen(perMachine, 'per-machine', 'ProxySettingsPerUser is not 0', 'account')
      : []),
  ];
}
