/**
 * WinHTTP as certificate checks used it before Windows 10: netsh, then the static proxy of the account, then
 * discovery. A script at a fixed address is never used. Documented by Microsoft.
 */
import { fixed } from '../choice.ts';
import type { Chooser } from '../choice.ts';
import { isLoopback } from '../bypass.ts';
import { effectiveSystem } from '../system.ts';
import { winHttpStatic } from '../winhttp-static.ts';
import { fromNetsh, ofWinHttp } from './winhttp.ts';

export const winHttpLegacy: Chooser = {
  name: 'winhttp-legacy',
  summary: 'WinHTTP before Windows 10: netsh, static proxy of the account, then discovery; no fixed script.',
  choose(settings, destination) {
    const machine = fromNetsh(settings, destination);
    if (machine) return machine;
    const { system, autoDetect, reasons: all } = effectiveSystem(settings);
    const reasons = all.map((line) =>
      line.name === 'AutoConfigURL' && line.overriddenBy === null
        ? { ...line, note: 'a fixed script is never used here', overriddenBy: 'winhttp-legacy' }
        : ofWinHttp(line),
    );
    const why = 'the static proxy of the account, else discovery';
    if (system.proxy || !autoDetect || isLoopback(destination.host))
      return fixed(winHttpStatic(system, destination), why, reasons);
    return {
      kind: 'automatic',
      autoDetect,
      scriptUrl: null,
      fallback: ['DIRECT'],
      tail: [],
      bypassed: null,
      downloadTimeout: null,
      retryInterval: null,
      why,
      reasons,
    };
  },
};
