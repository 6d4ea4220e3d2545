/** Lines and entries of logs as events: what a proxy was asked and what it said, as far as a log has it. */
import type { HeaderList } from '../trace/events.ts';
import { unloggedScheme } from '../trace/values.ts';
import type { Draft } from './draft.ts';
import type { Notes } from './notes.ts';
import type { Slot } from './slot.ts';
import { destinationOf } from './story/world.ts';

export interface LoggedRequest {
  /** Milliseconds since 1970. */
  at: number;
  file: string;
  line: number;
  /** Who wrote the log, or the proxy that it names. */
  proxy: string;
  client: string;
  method: string;
  target: string;
  status: number;
  reason: string;
  /** Undefined where the log has none. */
  headers: HeaderList | undefined;
  asked: HeaderList;
}

/** Of the same request with the same answer. */
const mostAlike = 200;
/** Far from the numbers of connections in captures. */
const firstConnection = 1_000_000;

export class Logged {
  readonly #drafts: Draft[];
  readonly #notes: Notes;
  readonly #conns = new Map<string, number>();
  readonly #kinds = new Map<string, number>();
  #order = 0;

  constructor(drafts: Draft[], notes: Notes) {
    this.#drafts = drafts;
    this.#notes = notes;
  }

  write(request: LoggedRequest): void {
    const { client, method, target, status, proxy } = request;
    const kind = `${client} ${method} ${target} ${status}`;
    const count = (this.#kinds.get(kind) ?? 0) + 1;
    this.#kinds.set(kind, count);
    if (count > mostAlike) {
      this.#notes.add('a request like many before it, which is left out');
      return;
    }
    // Whoever asks again for the same is taken to go on with the same talk.
    const talk = `${proxy} ${client} ${target}`;
    const conn = this.#conns.get(talk) ?? firstConnection + this.#conns.size;
    this.#conns.set(talk, conn);
    this.#pair(request, conn);
  }

  #pair(
    { client, method, target, status, proxy, reason, headers, asked, ...place }: LoggedRequest,
    conn: number,
  ): void {
    const { host, port } = destinationOf({ method, target, tunnel: null, headers: asked });
    const by = `proxy:${proxy}`;
    const destination = { proxy, conn, target, host, port };
    const draft = (type: Draft['type'], data: Draft['data']): void => {
      const slot: Slot = { at: place.at, file: place.file, frame: 0, order: (this.#order += 1) };
      this.#drafts.push({ type, data, by, slot, line: place.line });
    };
    draft('proxy.request', { ...destination, client, method, headers: asked });
    if (status === 407) {
      const said = (headers ?? []).flatMap(([name, value]) => (/^proxy-authenticate$/i.test(name) ? [value] : []));
      const named = said.map((value) => (value.split(/[\s,]/)[0] ?? '').toLowerCase());
      const schemes = named.length > 0 ? named : [unloggedScheme];
      const realm = /realm="([^"]*)"/i.exec(said.join(' '))?.[1] ?? null;
      if (headers === undefined || named.length > 0)
        draft('proxy.challenged', { proxy, conn, target, host, schemes, realm });
    }
    draft('proxy.response', { ...destination, method, status, reason, headers: headers ?? [] });
  }
}
