/** A script host that one client cannot reach, while the same trace shows that it serves: elsewhere, or by another way. */
import { dialsOf } from '../trace/dials.ts';
import type { TraceEvent } from '../trace/events.ts';
import { targetOf } from '../trace/requests.ts';
import { pick } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { dialsInVain } from './downloads.ts';
import type { Download } from './downloads.ts';

export interface OtherPort {
  port: number;
  events: readonly TraceEvent[];
}

/** The same address serves a script on another port. */
export function otherPort(view: View, download: Download): OtherPort | undefined {
  const [dial] = dialsInVain(view, download);
  if (!dial) return undefined;
  for (const { conn, to, events } of dialsOf(view)) {
    if (conn === null || to.ip !== dial.to.ip || to.port === dial.to.port) continue;
    const served = pick(view.onConnection(conn), 'http.response').find(({ data }) => data.status === 200);
    if (served) return { port: to.port, events: [...events, served] };
  }
  return undefined;
}

/** A proxy got an answer from the same host and port: what it was asked, and what it handed on. */
export function throughProxy(view: View, { fetched }: Download): TraceEvent<'proxy.response'> | undefined {
  const wanted = targetOf(fetched.data.url);
  return view
    .ofType('proxy.response')
    .find(({ data }) => sameHost(data.host, wanted.host) && data.port === wanted.port && data.status < 400);
}

/** A bare name stands for the one with the suffix that the resolver adds. */
const sameHost = (left: string, right: string): boolean =>
  left === right || left.startsWith(`${right}.`) || right.startsWith(`${left}.`);
