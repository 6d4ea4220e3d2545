import type { RouteList } from '../list.ts';
import { windowsRoutes } from './winhttp.ts';

/** System.Net writes http:// before every entry, whatever its type, and talks plain HTTP to it. */
export function dotnetFrameworkList(text: string): RouteList {
  return { routes: windowsRoutes(text, ['proxy', 'http', 'https', 'socks', 'socks4', 'socks5']), error: null };
}
