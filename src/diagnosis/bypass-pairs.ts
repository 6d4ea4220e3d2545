/** Two services of one machine, of which only one was told to leave the proxies alone. */
import { seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { sayAttempts } from './candidates.ts';
import {
  bySetting,
  counting,
  countingAs,
  isFramework,
  looked,
  needing,
  nameOf,
  ownSection,
  placeOf,
  programsOf,
  sameMachine,
} from './programs.ts';
import type { Effect, Program } from './programs.ts';
import { repliesOf } from './proxy-replies.ts';
import { refusalsFor } from './refusals.ts';

/** NETWORK SERVICE is the connector, SYSTEM the updater (documented). */
type Account = 'network-service' | 'system';

const isAccount = (program: Program, account: Account): boolean =>
  isFramework(program) && program.started.data.identity === account;

/** `told` bypasses, `forgotten` has nothing in its own file and goes by whatever the machine has. */
export const bypassPair = (says: string, told: Account, forgotten: Account) =>
  bySetting(
    says,
    needing('a program with <defaultProxy enabled="false">', (program) =>
      countingAs(program, 'defaultProxy.enabled', 'false'),
    ),
    notBypassed(told, forgotten),
  );

/** Programs of the one account that go by a proxy, beside one of the other that does not. */
export const notBypassed =
  (told: Account, forgotten: Account) =>
  (program: Program, view: View): Effect[] => {
    if (!isAccount(program, forgotten) || ownSection(program).length > 0) return [];
    // The machine's own proxy is a plan of its own: the one for backends.
    if (counting(program, 'ProxyServer', 'per-machine').length > 0) return [];
    return programsOf(view)
      .filter((other) => isAccount(other, told) && sameMachine(other, program))
      .flatMap((other) => effectOf(program, other, view));
  };

function effectOf(program: Program, other: Program, view: View): Effect[] {
  const off = countingAs(other, 'defaultProxy.enabled', 'false');
  const direct = other.requests.find(({ ok, attempts }) => ok && attempts.every(({ proxy }) => proxy === null));
  const requests = program.requests.filter(
    ({ attempts }) => attempts.some(({ proxy }) => proxy !== null) || looked(view, program),
  );
  const [first] = requests;
  const [setting] = off;
  if (!setting || !direct || !first) return [];
  // What the proxy refuses is a fault of its own where this program is meant to go by it.
  const refusal = repliesOf(view).find(({ owner, overcome }) => owner?.request === first && !overcome && !first.ok);
  const tried = first.attempts.length > 0 ? sayAttempts(first.attempts) : 'no route was tried';
  return [
    {
      settings: off,
      requests,
      also: seqs(program.started, direct.routes, direct.finished),
      why:
        `${placeOf(setting)} tells ${nameOf(other)} to bypass proxies, and it goes direct; ${nameOf(program)} on the ` +
        `same machine has no defaultProxy in its own file: ${tried} for ${first.target.host}.`,
      match: { alternatives: refusal ? refusalsFor(refusal) : [] },
    },
  ];
}
