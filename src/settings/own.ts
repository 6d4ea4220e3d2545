/** What a browser goes by: its own settings where it has any, else those of the account. */
import type { BrowserSettings, ClientSettings, Reason } from './layers.ts';
import { because, reason } from './reason.ts';
import { effectiveSystem } from './system.ts';

export interface Effective {
  autoDetect: boolean;
  scriptUrl: string | null;
  proxy: string;
  bypass: string;
  why: string;
  reasons: readonly Reason[];
}

export function effectiveBrowser(settings: ClientSettings): Effective {
  const { browser } = settings;
  if (browser && browser.mode !== 'system') return ofItself(browser);
  const { system, autoDetect, reasons } = effectiveSystem(settings);
  return {
    autoDetect,
    scriptUrl: system.scriptUrl?.value ?? null,
    proxy: system.proxy?.value ?? '',
    bypass: system.bypass?.value ?? '',
    why: 'the settings of the account',
    reasons,
  };
}

function ofItself({ mode, scriptUrl, proxy, bypass }: BrowserSettings): Effective {
  return {
    autoDetect: mode === 'auto-detect',
    scriptUrl: mode === 'script' ? (scriptUrl?.value ?? null) : null,
    proxy: mode === 'manual' ? (proxy?.value ?? '') : '',
    bypass: bypass?.value ?? '',
    why: `the browser's own settings: ${mode}`,
    reasons: [
      reason('browser', 'mode', mode, { mark: 'documented' }),
      ...because('browser', 'scriptUrl', scriptUrl, ignoredUnless(mode === 'script')),
      ...because('browser', 'proxy', proxy, ignoredUnless(mode === 'manual')),
      ...because('browser', 'bypass', bypass, ignoredUnless(mode === 'manual')),
    ],
  };
}

const ignoredUnless = (used: boolean): { overriddenBy: string | null; mark: 'documented' } => ({
  overriddenBy: used ? null : 'mode',
  mark: 'documented',
});
