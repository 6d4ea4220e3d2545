/** Proxies that stand where a program's account does not look: in another account, or in the machine's own settings. */
import { bySetting, needing, counting, isFramework, nameOf, ownSection, placeOf, shutOut } from './programs.ts';
import type { Effect, Program, Setting } from './programs.ts';
import type { View } from '../trace/view.ts';

/** `proofs` are the settings that tell the cases apart; none: not this one. */
export const unseenProxy = (
  setting: string,
  says: string,
  proofs: (program: Program) => readonly Setting[],
  because: string,
) => bySetting(says, needing(setting, proofs), unseenBy(proofs, because));

/** The same, for a rule that has another way to be met. */
export const unseenBy =
  (proofs: (program: Program) => readonly Setting[], because: string) =>
  (program: Program, view: View): Effect[] => {
    const proof = proofs(program);
    return proof.length > 0 && isWithout(program) ? effectOf(program, proof, because, view) : [];
  };

/** Neither the program's files nor its account have anything. */
const isWithout = (program: Program): boolean =>
  isFramework(program) &&
  ownSection(program).length === 0 &&
  !program.settings.some(({ data }) => data.layer === 'machine-config') &&
  ['ProxyServer', 'AutoConfigURL', 'UseDefaultProxyForBackendRequests'].every(
    (name) => counting(program, name).length === 0,
  );

function effectOf(program: Program, proof: readonly Setting[], because: string, view: View): Effect[] {
  const requests = shutOut(view, program);
  const [first] = requests;
  const proxy = proof.find(({ data }) => isProxyOfAccount(data.name)) ?? proof[0];
  if (!first || !proxy) return [];
  const { name, value, note } = proxy.data;
  return [
    {
      settings: proof,
      requests,
      why:
        `${name} "${value}" stands in ${placeOf(proxy)}${note === null ? '' : ` (${note})`}: ${because} ${nameOf(program)}, which ` +
        `gets no answer from ${first.target.host}:${first.target.port} directly.`,
    },
  ];
}

const isProxyOfAccount = (name: string): boolean => name === 'ProxyServer' || name === 'AutoConfigURL';

/** Proxies of other accounts, which do not count for this program. */
export const ofOthers = ({ settings, started }: Program): Setting[] =>
  settings.filter(
    ({ data }) =>
      data.layer === 'account' && data.overriddenBy === started.data.identity && isProxyOfAccount(data.name),
  );

/** Proxies of the machine, where each account still has its own. */
export const ofMachine = ({ settings }: Program): Setting[] =>
  settings.filter(
    ({ data }) => data.layer === 'per-machine' && data.overriddenBy === 'account' && isProxyOfAccount(data.name),
  );

/** The policy that makes settings per machine, fetched or not. */
export const pendingPolicy = ({ settings }: Program): Setting[] =>
  settings.filter(
    ({ data }) => data.name === 'ProxySettingsPerUser' && data.value === 'false' && data.overriddenBy === 'not fetched',
  );
