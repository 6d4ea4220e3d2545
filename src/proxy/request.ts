/** What a client asks of the proxy: the request line read strictly, and checked against Host. */
import { fail, ok } from '../failure.ts';
import type { Outcome } from '../failure.ts';
import { canonicalV6, familyOf, isAddress } from '../net/address.ts';
import type { HeaderList } from '../trace/events.ts';
import { listOf, maskedTarget, valueOf, valuesOf } from './headers.ts';

export interface Authority {
  /** Lower case, an IPv6 address without brackets. */
  host: string;
  port: number;
}

export interface ProxyRequest extends Authority {
  kind: 'connect' | 'forward' | 'upgrade';
  method: string;
  /** As the client wrote it; inside an intercepted tunnel the full URL. */
  target: string;
  scheme: 'http' | 'https';
  /** Goes to the origin byte for byte. Empty for CONNECT. */
  path: string;
  /** The authority as the client wrote it, for `Host`. */
  authority: string;
  /** `1.0` or `1.1`. */
  version: string;
  headers: HeaderList;
}

/** What the parser of node:http found in a request head. */
export interface RequestHead {
  kind: ProxyRequest['kind'];
  method: string;
  target: string;
  version: string;
  headers: HeaderList;
}

/**
 * Reads a request that came straight from a client. Failure `http.malformed` for whatever a forward proxy must refuse:
 * origin-form, https in absolute-form, user names, a Host unlike the target, framing that two readers could read
 * differently.
 */
export function readRequest(head: RequestHead): Outcome<ProxyRequest> {
  const wrong = wrongFraming(head);
  if (wrong !== undefined) return fail('http.malformed', wrong);
  const request = head.kind === 'connect' ? connectRequest(head) : absoluteRequest(head);
  if (!request.ok) return request;
  const unlike = wrongHost(request.value);
  return unlike === undefined ? request : fail('http.malformed', unlike);
}

/** Reads a request inside an intercepted tunnel to `origin`. */
export function readInside(head: RequestHead, origin: Authority): Outcome<ProxyRequest> {
  const wrong = wrongFraming(head);
  if (wrong !== undefined) return fail('http.malformed', wrong);
  if (head.kind === 'connect') return fail('http.malformed', 'CONNECT inside a tunnel');
  if (!head.target.startsWith('/') && head.target !== '*') return fail('http.malformed', 'the target is no path');
  const hosts = valuesOf(head.headers, 'host');
  if (hosts.length !== 1 && head.version === '1.1') return fail('http.malformed', 'not exactly one Host');
  const authority = hosts[0] ?? formatAuthority(origin, 443);
  const path = head.target;
  const target = `https://${formatAuthority(origin, 443)}${path === '*' ? '' : path}`;
  return ok(requestFrom(head, origin, { scheme: 'https', path, target, authority }));
}

/** Field by field: V8 makes a slow object with a shape of its own of every spread, and keeps it long. */
export const requestFrom = (
  { kind, method, version, headers }: RequestHead,
  { host, port }: Authority,
  { scheme, path, target, authority }: Pick<ProxyRequest, 'scheme' | 'path' | 'target' | 'authority'>,
): ProxyRequest => ({ kind, method, target, version, headers, host, port, scheme, path, authority });

/** `host:port` with a port that is a port; a name is any run of characters that cannot start another part of a URL. */
function readAuthority(text: string, defaultPort?: number): Authority | undefined {
  // The same few are asked for again and again, each three times a request.
  const key = defaultPort === undefined ? text : `${text} ${defaultPort}`;
  const had = authorities.get(key);
  if (had) return had;
  const read = parseAuthority(text, defaultPort);
  if (authorities.size >= mostAuthorities) authorities.clear();
  if (read) authorities.set(key, read);
  return read;
}

const authorities = new Map<string, Authority>();
const mostAuthorities = 512;

function parseAuthority(text: string, defaultPort?: number): Authority | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]\\]+))(?::(\d{1,5}))?$/i.exec(text);
  if (!match) return undefined;
  const port = match[3] === undefined ? defaultPort : Number(match[3]);
  if (port === undefined || port < 1 || port > 65_535) return undefined;
  const [, literal, name = ''] = match;
  if (literal === undefined) return { host: name.toLowerCase(), port };
  // RFC 3986 section 3.2.2: brackets are for IPv6, which has many spellings.
  return isAddress(literal) && familyOf(literal) === 6 ? { host: canonicalV6(literal), port } : undefined;
}

export const formatAuthority = ({ host, port }: Authority, defaultPort?: number): string => {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === defaultPort ? name : `${name}:${port}`;
};

function connectRequest(head: RequestHead): Outcome<ProxyRequest> {
  const authority = readAuthority(head.target);
  if (!authority) return fail('http.malformed', `'${maskedTarget(head.target)}' is not host:port`);
  // RFC 9110 section 9.3.6: it has no content. What one reader takes for a body, another takes for the tunnel's bytes.
  const body = valueOf(head.headers, 'transfer-encoding') ?? valueOf(head.headers, 'content-length') ?? '0';
  if (!/^0+$/.test(body)) return fail('http.malformed', 'CONNECT with a body');
  return ok(requestFrom(head, authority, { scheme: 'https', path: '', target: head.target, authority: head.target }));
}

function absoluteRequest(head: RequestHead): Outcome<ProxyRequest> {
  // Cut, not parsed: a URL parser resolves dot segments and encodes anew, and the origin must see the client's bytes.
  const parts = cutUrl(head.target);
  if (!parts) return fail('http.malformed', 'the target of a request to a proxy is a full URL');
  const { scheme, authority, path } = parts;
  if (scheme.toLowerCase() !== 'http') return fail('http.malformed', `${scheme} needs CONNECT`);
  const place = readAuthority(authority, 80);
  if (!place) return fail('http.malformed', `'${maskedTarget(authority)}' is not a host`);
  const { target } = head;
  return ok(requestFrom(head, place, { scheme: 'http', path: pathOf(head.method, path), target, authority }));
}

function cutUrl(target: string): { scheme: string; authority: string; path: string } | undefined {
  const mark = target.indexOf('://');
  const scheme = target.slice(0, Math.max(0, mark));
  if (scheme !== 'http' && !/^[a-z][a-z0-9+.-]*$/i.test(scheme)) return undefined;
  const rest = target.slice(mark + 3);
  const fragment = rest.indexOf('#');
  const whole = fragment < 0 ? rest : rest.slice(0, fragment);
  const end = whole.search(/[/?]/);
  return end < 0
    ? { scheme, authority: whole, path: '' }
    : { scheme, authority: whole.slice(0, end), path: whole.slice(end) };
}

/** RFC 9112 section 3.2.1 and 3.2.4: no path is `/`, and for OPTIONS `*`. */
function pathOf(method: string, path: string): string {
  if (path === '') return method === 'OPTIONS' ? '*' : '/';
  return path.startsWith('?') ? `/${path}` : path;
}

/** Methods that the parser of node:http takes for requests of RTSP only, whose version it does not tell. */
const ofRtsp = /^(?:DESCRIBE|SETUP|PLAY|RECORD|TEARDOWN|REDIRECT|FLUSH|ANNOUNCE|PAUSE|[GS]ET_PARAMETER)$/;

/** node:http itself refuses two lengths, a length beside chunked, and bare LF; these are left. */
function wrongFraming({ method, version, headers }: RequestHead): string | undefined {
  if (version !== '1.1' && version !== '1.0') return `HTTP/${version}`;
  if (version === '1.0' && ofRtsp.test(method)) return `${method} is no request of HTTP`;
  if (valueOf(headers, 'transfer-encoding') === undefined) return undefined;
  const codings = listOf(headers, 'transfer-encoding');
  if (codings.length === 0) return undefined;
  if (version === '1.0') return 'Transfer-Encoding in HTTP/1.0';
  return codings.length === 1 && codings[0] === 'chunked' ? undefined : `Transfer-Encoding: ${codings.join(', ')}`;
}

function wrongHost(request: ProxyRequest): string | undefined {
  const hosts = valuesOf(request.headers, 'host');
  if (hosts.length > 1) return 'more than one Host';
  const [host] = hosts;
  if (host === undefined) {
    return request.kind === 'connect' || request.version === '1.0' ? undefined : 'no Host';
  }
  if (host === request.authority) return undefined;
  // .NET Framework leaves the port away in the Host of CONNECT.
  const named = readAuthority(host, request.kind === 'connect' ? request.port : 80);
  const same = named?.host === request.host && (request.kind === 'connect' || named.port === request.port);
  return same ? undefined : `Host '${host}' is not the target`;
}
