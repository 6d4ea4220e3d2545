/** What a healthy host answers: resources of the scenario as bytes, made before the lab's clock runs. */
import { STATUS_CODES } from 'node:http';

import { globPattern } from '../glob.ts';
import type { HeaderList } from '../trace/events.ts';
import type { Reply } from './behaviour.ts';
import { hasContent } from './spec.ts';
import type { Paths, Resource } from './spec.ts';

/** Contents of files, by the name that the scenario uses. */
export type Files = ReadonlyMap<string, Uint8Array>;

export interface Prepared {
  reply: Reply;
  /** How long the server thinks, in milliseconds of lab time. */
  delay: number;
  /** Compressed for clients that accept it. */
  gzip?: boolean;
  /** It is a WebSocket: the request decides what is answered. */
  webSocket?: boolean;
  /** The body is made for each request, by an authority. */
  revocation?: { as: 'crl' | 'ocsp'; authority: string } | undefined;
}

const scriptType = 'application/x-ns-proxy-autoconfig';
/** RFC 5280 4.2.1.13, RFC 6960 A.1. */
const revocationTypes = { crl: 'application/pkix-crl', ocsp: 'application/ocsp-response' } as const;

export const reasonOf = (status: number): string => STATUS_CODES[status] ?? '';

export const notFound: Prepared = {
  reply: { status: 404, headers: [['Content-Type', 'text/html']], body: Buffer.from('<h1>Not Found</h1>\n') },
  delay: 0,
};

/** RFC 9110 9.3.6: a server that is no proxy has no use for CONNECT. */
export const notAProxy: Prepared = {
  reply: { status: 405, headers: [['Allow', 'GET, HEAD, POST']], body: Buffer.alloc(0) },
  delay: 0,
};

export function prepare(resource: Resource, files: Files): Prepared {
  const { status, reason, gzip, webSocket, delay = 0 } = resource;
  const reply = { status, reason, headers: headersOf(resource), body: bodyOf(resource, files) };
  return { reply, delay, gzip, webSocket, revocation: hasContent(resource) ? undefined : revocationIn(resource) };
}

function revocationIn({ crl, ocsp }: Resource): Prepared['revocation'] {
  if (crl !== undefined) return { as: 'crl', authority: crl };
  return ocsp === undefined ? undefined : { as: 'ocsp', authority: ocsp };
}

/** Every authority whose list or answers are served there. */
export const authoritiesIn = (...served: readonly Paths[]): string[] =>
  served.flatMap((paths) => Object.values(paths).flatMap((resource) => revocationIn(resource)?.authority ?? []));

export interface Shelf {
  /** The resource at a path, the query aside; exact names first, then globs in the order of the file. */
  find(path: string): Prepared;
  /** Another content from now on; null: nothing is there any more. */
  change(path: string, resource: Resource | null): void;
}

export function shelf(paths: Paths, files: Files): Shelf {
  const exact = new Map(Object.entries(paths).map(([path, resource]) => [path, prepare(resource, files)]));
  const byGlob = (path: string): Prepared | undefined =>
    [...exact].find(([glob]) => glob.includes('*') && globPattern(glob).test(path))?.[1];
  return {
    find: (path) => exact.get(path) ?? byGlob(path) ?? notFound,
    change(path, resource) {
      if (resource) exact.set(path, prepare(resource, files));
      else exact.delete(path);
    },
  };
}

const isScript = ({ pac, pacText }: Resource): boolean => pac !== undefined || pacText !== undefined;

/**
 * Whether a host is the host of the proxy script, and so writes `http.*`, or an origin, which writes `origin.*`: it
 * serves a `pac` or `pacText`, or it is called `wpad` or `wpad.<domain>`. The only place that decides it.
 */
export const servesScript = (name: string, ...served: readonly Paths[]): boolean =>
  /^wpad(\.|$)/i.test(name) || served.some((paths) => Object.values(paths).some(isScript));

function headersOf(resource: Resource): HeaderList {
  const type = resource.type ?? usualType(resource);
  const further = Object.entries(resource.headers).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, each]),
  );
  return type === 'none' ? further : [['Content-Type', type], ...further];
}

function usualType(resource: Resource): string {
  if (isScript(resource)) return scriptType;
  return { none: 'text/plain', ...revocationTypes }[revocationIn(resource)?.as ?? 'none'];
}

function bodyOf({ pac, bodyFile, pacText, body, encoding }: Resource, files: Files): Buffer {
  const file = pac ?? bodyFile;
  if (file === undefined) return encoders[encoding](pacText ?? body ?? '');
  const bytes = files.get(file);
  if (!bytes) throw new Error(`the loader let a file pass that it has not read: ${file}`);
  return Buffer.from(bytes);
}

const byteOrderMark = '\uFEFF';
const encoders: Record<Resource['encoding'], (text: string) => Buffer> = {
  'utf-8': (text) => Buffer.from(text),
  'utf-8-bom': (text) => Buffer.from(byteOrderMark + text),
  'utf-16le': (text) => Buffer.from(byteOrderMark + text, 'utf16le'),
  latin1: (text) => Buffer.from(text, 'latin1'),
};
