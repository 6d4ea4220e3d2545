/** Which names discovery asks for. */
import { devolved } from './search.ts';

/**
 * `suffix`: System.Net and WinHTTP put `wpad.` before the machine's suffix themselves. `bare`: browsers ask for `wpad`
 * and leave the search list to the stub resolver.
 */
export type WpadNaming = 'suffix' | 'bare';

export interface WpadQuestion {
  name: string;
  /** Whether the stub resolver's search list applies. */
  search: boolean;
}

/** The names to ask for, in order. Without a suffix only the bare name is left. Devolution is off unless wanted. */
export function wpadNames(
  naming: WpadNaming,
  { suffix, devolution = false }: { suffix?: string | null | undefined; devolution?: boolean } = {},
): WpadQuestion[] {
  if (naming === 'bare') return [{ name: 'wpad', search: true }];
  if (!suffix) return [{ name: 'wpad', search: false }];
  return devolved(suffix.replace(/\.$/, ''), devolution).map((domain) => ({ name: `wpad.${domain}`, search: false }));
}
