/** In which order a client tries the routes of a list, and what it remembers of proxies that failed. Pure. */
import type { Profile } from './profile.ts';

/** Failed proxies of one client. Times are milliseconds on the caller's clock. */
export class ProxyMemory {
  readonly profile: Pick<Profile, 'failover'>;
  readonly #badUntil = new Map<string, number>();

  constructor(profile: Pick<Profile, 'failover'>) {
    this.profile = profile;
  }

  isBad(route: string, now: number): boolean {
    return (this.#badUntil.get(route) ?? -Infinity) > now;
  }

  /**
   * A request is over: `failed` were tried in vain, `worked` carried it, or null when none did. Chromium remembers a
   * failure only when a later entry of the same request worked, Firefox at once; DIRECT is never remembered.
   */
  finished(failed: readonly string[], worked: string | null, now: number): void {
    const { recorded, memory } = this.profile.failover;
    if (recorded === 'never' || (recorded === 'when-a-later-one-works' && worked === null)) return;
    for (const route of failed) if (route !== 'DIRECT') this.#badUntil.set(route, now + memory);
    if (worked !== null && !failed.includes(worked)) this.#badUntil.delete(worked);
  }

  /** Forgets all, as after a change of network or configuration. */
  clear(): void {
    this.#badUntil.clear();
  }
}

/** The routes in the order this client tries them now. */
export function failoverOrder(routes: readonly string[], memory: ProxyMemory, now: number): readonly string[] {
  const { badProxies, order } = memory.profile.failover;
  const bad = routes.filter((route) => route !== 'DIRECT' && memory.isBad(route, now));
  const good = routes.filter((route) => !bad.includes(route));
  if (badProxies === 'moved-to-end') return [...good, ...bad];
  // Firefox: when every proxy of the list is bad, the whole list is tried again.
  if (badProxies === 'removed') return good.some((route) => route !== 'DIRECT') || bad.length === 0 ? good : routes;
  return order === 'first-only' ? routes.slice(0, 1) : routes;
}
