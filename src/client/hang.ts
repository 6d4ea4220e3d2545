/**
 * A script that never returns, in a client that lets it run for ever. The lab ends the script after a time of its own
 * and watches the client for as long as the real ones were watched.
 */
import type { ClientInit, ClientTools } from './tools.ts';
import type { Routes } from './routes.ts';

/** Measured with Chromium 156 and Firefox 153: the load and all later ones hang; 25 s each were watched. */
const watched = 25_000;

/** The request never gets a route, and the client never says so: the words are ours. Takes lab time. */
export async function hanging(request: number, init: ClientInit, { pen, clock }: ClientTools): Promise<Routes> {
  await clock.sleep(watched);
  const detail = `the script has not returned after ${watched / 1000} s, and this client has no limit of its own`;
  pen.write('pac.failed', {
    client: init.name,
    request,
    phase: 'call',
    name: 'TimeLimit',
    message: detail,
    line: null,
    column: null,
  });
  const error = { name: 'none', text: `still waiting: ${detail}`, cause: 'pac.hangs' };
  return { routes: [], why: 'the script has not returned', scripted: true, credentials: null, error };
}
