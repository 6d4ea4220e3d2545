/** Whom a stranger wants where several hosts of the story share one real port: TLS names it, HTTP names it. */
import { globPattern } from '../glob.ts';
import type { Choose } from '../net/net.ts';
import { readClientHello } from '../proxy/client-hello.ts';
import type { Door } from './doors.ts';

const headEnd = '\r\n\r\n';
const requestLine = /^[A-Z]+ (\S+) HTTP\/\d/;

/** `namesOf` gives the names that lead to an address of the story at this time. */
export function chooserFor(doors: readonly [Door, ...Door[]], namesOf: (ip: string) => readonly string[]): Choose {
  const proxy = doors.find(({ speaks }) => speaks === 'proxy');
  const named = (name: string | undefined, among: readonly Door[]): Door | undefined =>
    name === undefined ? undefined : among.find((door) => answersTo([...door.names, ...namesOf(door.at.ip)], name));
  const secure = doors.filter(({ speaks }) => speaks === 'https' || speaks === 'tls-proxy');
  const plain = doors.filter(({ speaks }) => speaks === 'http');
  const pick = (bytes: Buffer, more: boolean): Door | 'more' => {
    const hello = readClientHello(bytes);
    if (hello === 'more' && more) return 'more';
    if (hello !== undefined && hello !== 'more')
      return named(hello.serverName ?? undefined, secure) ?? secure[0] ?? doors[0];
    // SOCKS begins with its version.
    if (bytes[0] === 4 || bytes[0] === 5) return proxy ?? doors[0];
    const text = bytes.toString('latin1');
    if (!text.includes(headEnd) && more) return 'more';
    const target = requestLine.exec(text)?.[1];
    // Authority form and absolute form are for proxies (RFC 9112 section 3.2).
    if (proxy && target !== undefined && !target.startsWith('/') && target !== '*') return proxy;
    return named(hostIn(text), plain) ?? plain[0] ?? proxy ?? doors[0];
  };
  return (bytes, more) => {
    const door = pick(bytes, more);
    return door === 'more' ? door : door.at;
  };
}

const hostIn = (head: string): string | undefined =>
  /^host:[ \t]*([^\r\n]*)/im.exec(head)?.[1]?.trim().replace(/:\d+$/, '').toLowerCase();

/** By its name, by a glob, or by its first label alone: browsers ask a host called `wpad`, and the resolver adds the rest. */
function answersTo(names: readonly string[], wanted: string): boolean {
  const name = wanted.replace(/\.$/, '').toLowerCase();
  const short = name.includes('.') ? undefined : `${name}.`;
  return names.some((own) => {
    if (own.includes('*')) return globPattern(own).test(name);
    return own.toLowerCase() === name || (short !== undefined && own.toLowerCase().startsWith(short));
  });
}

/** Whether clients of these doors can be told apart at one port. */
export const canShare = (one: Door, other: Door): boolean =>
  one.speaks !== 'tcp' &&
  other.speaks !== 'tcp' &&
  !(one.what === 'proxy' && other.what === 'proxy') &&
  one.what !== 'dns' &&
  other.what !== 'dns';
