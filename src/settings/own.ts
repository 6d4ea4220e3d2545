/** What a browser goes by: its own settings where it has any, else those of the account. */
import type { BrowserSettings, ClientSettings, Reason } from './layers.ts';
import { because, reason } from './reason.ts';
import { effectiveSystem } from './system.ts';

export interface Effective {
  autoDetect: boolean;
  scriptUrl: string | null;
  proxy: string;
  bypass: string;
  mandatory: boolean;
  why: string;
  reasons: readonly Reason[];
}

export function effectiveBrowser(settings: ClientSettings): Effective {
  const { browser } = settings;
  if (browser && browser.mode !== 'system') return ofItself(browser);
  // DisableWpad and the service are WinHTTP's: browsers read the account's switch and look by themselves (Microsoft's
  // article on DisableWpad says so of other programs).
  const policy = { ...settings.policy, disableWpad: undefined, autoProxyService: undefined };
  const { system, autoDetect, reasons } = effectiveSystem({ ...settings, policy });
  return {
    autoDetect,
    scriptUrl: system.scriptUrl?.value ?? null,
    proxy: system.proxy?.value ?? '',
    bypass: system.bypass?.value ?? '',
    mandatory: false,
    why: 'the settings of the account',
    reasons,
  };
}

function ofItself(own: BrowserSettings): Effective {
  const { mode, scriptUrl, proxy, bypass, mandatory } = own;
  return {
    autoDetect: mode === 'auto-detect',
    scriptUrl: mode === 'script' ? (scriptUrl?.value ?? null) : null,
    proxy: mode === 'manual' ? (proxy?.value ?? '') : '',
    bypass: bypass?.value ?? '',
    mandatory: mode === 'script' && mandatory?.value === true,
    why: `the browser's own settings: ${mode}`,
    reasons: browserReasons(own),
  };
}

export function browserReasons(own: BrowserSettings | undefined): Reason[] {
  if (!own) return [];
  const { mode, scriptUrl, proxy, bypass, mandatory } = own;
  const only = (wanted: BrowserSettings['mode']) =>
    ({ mark: 'documented', overriddenBy: mode === wanted ? null : 'browser.mode' }) as const;
  return [
    reason('browser', 'browser.mode', mode, { mark: 'documented' }),
    ...because('browser', 'browser.scriptUrl', scriptUrl, only('script')),
    ...because('browser', 'browser.proxy', proxy, only('manual')),
    ...because('browser', 'browser.bypass', bypass, only('manual')),
    ...because('browser', 'browser.mandatory', mandatory, only('script')),
  ];
}
