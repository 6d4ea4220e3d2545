/** Requests at the hosts of scripts, whoever made them: who asked which server, by which name, as whom, and what came. */
import type { Endpoint } from '../trace/dials.ts';
import { endpoint } from '../trace/dials.ts';
import type { TraceEvent } from '../trace/events.ts';
import { header, kept, pick } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { downloadsOf } from './downloads.ts';
import type { Download } from './downloads.ts';

export interface Visit {
  request: TraceEvent<'http.request'>;
  response: TraceEvent<'http.response'>;
  server: Endpoint;
  /** The Host field, in small letters. */
  host: string;
  /** The User-Agent field; null: none. */
  agent: string | null;
}

/** Every answered request at a host of scripts, in order. */
export const visitsOf = kept((view): readonly Visit[] =>
  view.ofType('http.request').flatMap((request) => {
    const { conn, headers } = request.data;
    const wire = view.onConnection(conn);
    const [opened] = pick(wire, 'tcp.opened');
    const response = pick(wire, 'http.response').find(({ seq }) => seq > request.seq);
    if (!opened || !response) return [];
    const host = header(headers, 'host')?.toLowerCase() ?? '';
    const agent = header(headers, 'user-agent') ?? null;
    return [{ request, response, server: endpoint(opened.data.to), host, agent }];
  }),
);

/** A download that brought a script, with its place on the wire. */
export interface Served extends Visit {
  download: Download;
  sha256: string;
}

/** Every download that brought a text, in order. */
export const servedOf = kept((view): readonly Served[] =>
  downloadsOf(view).flatMap((download) => {
    const visit = visitsOf(view).find(({ request }) => request === download.request);
    const sha256 = download.loaded?.data.sha256;
    return visit && sha256 !== undefined ? [{ ...visit, download, sha256 }] : [];
  }),
);

/** The same resource of the same server, whatever name it goes by. */
export const isSamePlace = (left: Visit, right: Visit): boolean =>
  left.server.ip === right.server.ip &&
  left.server.port === right.server.port &&
  left.request.data.target === right.request.data.target;

/** The same question in every respect that a server may look at, but for the address of who asks. */
export const isSameQuestion = (left: Visit, right: Visit): boolean =>
  isSamePlace(left, right) && left.host === right.host && left.agent === right.agent;

/** The visit of a download, whatever it brought. */
export const visitOf = (view: View, { request }: Download): Visit | undefined =>
  visitsOf(view).find((visit) => visit.request === request);

export const sayAgent = (agent: string | null): string => (agent === null ? 'no User-Agent' : `User-Agent ${agent}`);
