/** A proxy as programs are given it in one URL: kind, place, and who to be there. */

export interface ProxyCredentials {
  user: string;
  password: string;
}

export interface ProxyUrl {
  /** `PROXY host:port`, `SOCKS5H host:port` … */
  route: string;
  credentials: ProxyCredentials | null;
}

/** Names and default ports of the schemes; 4A and 5H leave the name to the proxy. */
const kinds: Readonly<Record<string, { word: string; port: number }>> = {
  http: { word: 'PROXY', port: 80 },
  https: { word: 'HTTPS', port: 443 },
  socks4: { word: 'SOCKS4', port: 1080 },
  socks4a: { word: 'SOCKS4A', port: 1080 },
  socks5: { word: 'SOCKS5', port: 1080 },
  socks5h: { word: 'SOCKS5H', port: 1080 },
};

export interface UrlHabits {
  /** The scheme of a text that names none. */
  scheme: string;
  /** The port of an HTTP proxy that names none. */
  httpPort: number;
  /** What the bare word `socks` means. */
  socks: 'socks4' | 'socks5h';
}

/** The proxy, or what is wrong with the text. */
export function readProxyUrl(text: string, habits: UrlHabits): ProxyUrl | 'scheme' | 'syntax' {
  const match = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:([^/@]*)@)?(\[[^\]]*\]|[^:/?#@\s]+)(?::(\d+))?(?:[/?#].*)?$/i.exec(
    text,
  );
  if (!match) return 'syntax';
  const [, named = habits.scheme, userinfo, host = '', port] = match;
  const word = named.toLowerCase();
  const scheme = word === 'socks' ? habits.socks : word;
  const kind = Object.hasOwn(kinds, scheme) ? kinds[scheme] : undefined;
  if (!kind) return 'scheme';
  const number = port === undefined ? (scheme === 'http' ? habits.httpPort : kind.port) : Number(port);
  if (number > 65_535) return 'syntax';
  return { route: `${kind.word} ${host}:${number}`, credentials: userinfo === undefined ? null : identity(userinfo) };
}

function identity(userinfo: string): ProxyCredentials {
  const colon = userinfo.indexOf(':');
  const [user, password] = colon < 0 ? [userinfo, ''] : [userinfo.slice(0, colon), userinfo.slice(colon + 1)];
  return { user: decoded(user), password: decoded(password) };
}

const decoded = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString());
