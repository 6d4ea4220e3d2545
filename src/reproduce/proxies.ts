/** Proxies as texts name them: in answers of scripts, in settings, in routes. */

export interface NamedProxy {
  /** `PROXY proxy.corp.example:8080` */
  route: string;
  scheme: string;
  host: string;
  port: number;
  line: number;
}

const usual: Readonly<Record<string, number>> = {
  PROXY: 80,
  HTTP: 80,
  HTTPS: 443,
  SOCKS: 1080,
  SOCKS4: 1080,
  SOCKS5: 1080,
};
const directive = /\b(PROXY|HTTPS?|SOCKS[45]?)\s+(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?(?=\s*(?:;|["'`]|$))/gi;

export function proxiesInScript(text: string): NamedProxy[] {
  const found: NamedProxy[] = [];
  for (const match of text.matchAll(directive)) {
    const [, word = '', host = '', digits] = match;
    const scheme = word.toUpperCase();
    const port = Number(digits ?? usual[scheme]);
    const line = text.slice(0, match.index).split('\n').length;
    const route = `${scheme} ${host}:${port}`;
    if (port > 0 && port < 65_536 && !found.some((other) => other.route === route))
      found.push({ route, scheme, host, port, line });
  }
  return found;
}

/** `proxy:8080`, `http=a:8080;https=b:8443`, `http://user@proxy:3128/` */
export function proxiesInSetting(value: string): { host: string; port: number }[] {
  return value.split(/[;\s]+/).flatMap((part) => {
    const [, , host = '', digits] =
      /^(?:[a-z]+=)?(?:([a-z\d]+):\/\/)?(?:[^@/]*@)?(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?\/?$/i.exec(part) ?? [];
    const port = Number(digits ?? 80);
    return host === '' || port < 1 || port > 65_535 ? [] : [{ host, port }];
  });
}
