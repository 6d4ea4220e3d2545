/** Two services of one machine: the connector's own file names a proxy, the updater's says nothing. */
import type { Alternative } from '../finding.ts';
import type { Attempt, Request } from '../trace/requests.ts';
import { seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { sayAttempts } from './candidates.ts';
import { wallsFor } from './fail-open.ts';
import { wasProxied } from './people.ts';
import { updaterFile } from './product-files.ts';
import {
  counting,
  isFramework,
  looked,
  nameOf,
  ownSection,
  placeOf,
  programsOf,
  sameMachine,
  shutOut,
  wholeOf,
} from './programs.ts';
import type { Effect, Program, Setting } from './programs.ts';
import { ofOthers } from './unseen-accounts.ts';
import { cloudRequests } from './visits.ts';

/** An updater that found no way out by itself, and the connector beside it that goes by the proxy of its own file. */
interface Forgotten {
  setting: Setting;
  connector: Program;
  carried: Request;
  stranded: readonly Request[];
}

/** NETWORK SERVICE is the connector, SYSTEM the updater (documented). */
function forgottenBy(view: View, updater: Program): Forgotten[] {
  if (!isFramework(updater) || updater.started.data.identity !== 'system' || ownSection(updater).length > 0) return [];
  const stranded = shutOut(view, updater);
  if (stranded.length === 0) return [];
  return programsOf(view)
    .filter((other) => other.started.data.identity === 'network-service' && sameMachine(other, updater))
    .flatMap((connector) => {
      const [setting] = counting(connector, 'proxy.proxyaddress', 'app-config');
      const carried = cloudRequests(connector).find(wasProxied);
      return setting && carried ? [{ setting, connector, carried, stranded }] : [];
    })
    .slice(0, 1);
}

/** Whether this is why a program got nowhere. */
export const isForgotten = (view: View, program: Program): boolean => forgottenBy(view, program).length > 0;

export const forgottenFile = (updater: Program, view: View): Effect[] =>
  forgottenBy(view, updater).map(({ setting, connector, carried, stranded }) => {
    const [first] = stranded;
    const { value } = setting.data;
    const element = `<defaultProxy><proxy proxyaddress="${value}" bypassonlocal="True" usesystemdefault="True"/></defaultProxy>`;
    return {
      settings: [setting],
      requests: stranded,
      also: seqs(updater.started, carried.routes, carried.finished),
      why:
        `${placeOf(setting)} gives ${nameOf(connector)} the proxy ${value}, and it reaches ${carried.target.host} by it; ` +
        `${nameOf(updater)} on the same machine has no defaultProxy in its own file: ${first ? sayAttempts(first.attempts) : ''} ` +
        `for ${first?.target.host ?? ''}.`,
      match: {
        fix: `Put ${element} into ${updaterFile} as well, as it stands in the connector’s own file, and restart the updater service.`,
        explains: [...seqs(ofOthers(updater)), ...stranded.flatMap((request) => wholeOf(view, request))],
        alternatives: otherwise(view, updater, first?.attempts[0]),
      },
    };
  });

const search: Alternative = {
  id: 'wpad-dns-nxdomain',
  tellApart: 'The updater is meant to find a script by itself: then the search is what has to be mended.',
};
const account: Alternative = {
  id: 'cfg-per-user-invisible',
  tellApart: 'The updater is meant to go by the machine’s settings: then they have to be per machine.',
};
const wall: Alternative = {
  id: 'direct-443-syn-blackhole',
  tellApart: 'The updater is meant to go out directly: then the firewall is wrong, not the file.',
};

/** What else may be meant for the updater. */
const otherwise = (view: View, updater: Program, direct: Attempt | undefined): Alternative[] => [
  ...(looked(view, updater) ? [search] : []),
  ...(ofOthers(updater).length > 0 ? [account] : []),
  ...(direct ? wallsFor({ direct }, [wall]) : []),
];
