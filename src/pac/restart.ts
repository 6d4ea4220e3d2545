/** Runs a script, and runs it again for each answer that was not there, as the client does or as if it had waited. */
import type { RunEnd } from './host.ts';
import type { Budget } from './limits.ts';
import { settingOf, type ResolveOptions } from './options.ts';
import type { Realm } from './realm.ts';
import type { Session } from './session.ts';
import type { Snapshot } from './snapshot.ts';

/** `mayAsk`: whether the script can ask for a name at all; if not, nothing has to be kept for the time of asking. */
export function untilDone(
  realm: Realm,
  session: Session,
  options: ResolveOptions,
  budget: Budget,
  once: () => RunEnd,
  mayAsk: boolean,
): RunEnd | Promise<RunEnd> {
  if (options.resolver) return waiting(realm, session, options, budget, once, mayAsk);
  const { now, zone } = settingOf(options);
  for (;;) {
    realm.setting(now, zone);
    session.begin();
    const end = once();
    if (end.kind === 'error' || (end.kind === 'text' && !session.abandoned)) return end;
  }
}

async function waiting(
  realm: Realm,
  session: Session,
  options: ResolveOptions,
  budget: Budget,
  once: () => RunEnd,
  mayAsk: boolean,
): Promise<RunEnd> {
  const { now, zone } = settingOf(options);
  let copy: Snapshot | null = null;
  for (;;) {
    if (session.blocking && mayAsk) copy ??= realm.snapshot();
    realm.setting(now, zone);
    session.begin();
    const end = once();
    if (end.kind === 'error' || (end.kind === 'text' && !session.abandoned)) return end;
    const waited = await session.fill();
    if (!copy || !waited) continue;
    budget.start(); // a script that asks without end pays for being put back each time
    copy.restore();
    budget.stop();
    session.runs--;
  }
}
