/** Who a client is at proxies: by credentials of its own, or by those in the proxy's URL. */
import type { ClientInit, ClientTools } from './tools.ts';
import { proxyAuth } from './auth/auth.ts';
import type { ProxyAuth } from './auth/auth.ts';
import type { Credentials } from './auth/scheme.ts';

export interface Presented {
  auth: ProxyAuth;
  credentials: Credentials | null;
}

export interface Identity {
  /** `fromUrl` counts where the client has nothing of its own. */
  present(fromUrl: Credentials | null): Presented;
  /** Forgets what proxies asked for. */
  clear(): void;
}

export function identityOf({ dialect, settings, credentials: own }: ClientInit, tools: ClientTools): Identity {
  const { chance, clock } = tools;
  const { auth: habits } = dialect;
  const off = new Set(habits.switchedOff?.(settings));
  const schemes = habits.schemes.filter((name) => !off.has(name));
  const authFor = (credentials: Credentials | null): ProxyAuth =>
    proxyAuth({ ...habits, schemes }, credentials, { chance, date: () => clock.date() });
  const refused = own?.scheme !== undefined && off.has(own.scheme);
  const credentials = habits.allowed?.(settings) === false || refused ? null : own;
  const auth = authFor(credentials);
  return {
    clear: () => auth.clear(),
    present: (fromUrl) =>
      credentials || !fromUrl ? { auth, credentials } : { auth: authFor(fromUrl), credentials: fromUrl },
  };
}
