/** `Proxy-Authenticate` and `WWW-Authenticate` fields, read (RFC 9110 11.6.1): a list of schemes, each with parameters or one token. */
import type { HeaderList } from '../../trace/events.ts';

export interface Challenge {
  /** In lower case. */
  scheme: string;
  /** Names in lower case, values without quotes. */
  params: ReadonlyMap<string, string>;
  /** The token68 of schemes such as NTLM; empty when there is none. */
  token: string;
}

/** Who asks: a proxy (407) or the server itself (401). */
export interface AuthFields {
  challenge: string;
  answer: string;
}

export const proxyFields: AuthFields = { challenge: 'proxy-authenticate', answer: 'Proxy-Authorization' };
export const originFields: AuthFields = { challenge: 'www-authenticate', answer: 'Authorization' };

/** All challenges of an answer, in order. */
export const challengesOf = (headers: HeaderList, { challenge }: AuthFields): Challenge[] =>
  headers.filter(([name]) => name.toLowerCase() === challenge).flatMap(([, value]) => readChallenges(value));

const param = /^([!#$%&'*+\-.^_`|~\w]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))$/;

const token68 = /^[A-Za-z0-9\-._~+/]+=*$/;

export function readChallenges(text: string): Challenge[] {
  const found: { scheme: string; params: Map<string, string>; token: string }[] = [];
  for (const part of partsOf(text)) {
    const inner = param.exec(part);
    const last = found.at(-1);
    if (inner && last) {
      last.params.set((inner[1] ?? '').toLowerCase(), inner[2]?.replace(/\\(.)/g, '$1') ?? inner[3] ?? '');
      continue;
    }
    const [, scheme = '', rest = ''] = /^(\S+)(?:\s+(.*))?$/s.exec(part) ?? [];
    const params = new Map<string, string>();
    // Padding is no parameter: `TlRM…AA==`.
    const first = token68.test(rest) ? null : param.exec(rest);
    if (first) params.set((first[1] ?? '').toLowerCase(), first[2]?.replace(/\\(.)/g, '$1') ?? first[3] ?? '');
    found.push({ scheme: scheme.toLowerCase(), params, token: first ? '' : rest });
  }
  return found;
}

/** Cut at commas outside of quotes. */
const partsOf = (text: string): string[] =>
  (text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? []).map((part) => part.trim()).filter((part) => part !== '');
