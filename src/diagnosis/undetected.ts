/** Accounts in which automatic detection is off, on a machine where another account finds its proxy by it. */
import type { Alternative } from '../finding.ts';
import { seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { sayAttempts } from './candidates.ts';
import { scriptOf } from './evaluations.ts';
import { wallsFor } from './fail-open.ts';
import { wasProxied } from './people.ts';
import { proxyElement, serviceFile, updaterFile } from './product-files.ts';
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
} from './programs.ts';
import type { Effect, Program, Setting } from './programs.ts';

export const detectionOff = (program: Program): Setting[] =>
  counting(program, 'AutoDetect', 'account').filter(({ data }) => data.value === 'false');

const wall: Alternative = {
  id: 'direct-443-syn-blackhole',
  tellApart: 'This account is meant to go out directly: then the firewall is wrong, not the setting.',
};

/** It was told not to look, has nothing else, and got nowhere, while another finds a script and gets out by it. */
export function undetected(program: Program, view: View): Effect[] {
  const [setting] = detectionOff(program);
  if (!setting || !isFramework(program) || hasOther(program) || looked(view, program)) return [];
  const requests = shutOut(view, program);
  const direct = requests[0]?.attempts[0];
  const witness = programsOf(view)
    .filter((other) => sameMachine(other, program) && other.client !== program.client && looked(view, other))
    .flatMap((other) => other.requests.map((request) => ({ other, request })))
    .find(({ request }) => wasProxied(request) && scriptOf(view, request) !== undefined);
  if (!direct || !witness) return [];
  const { other, request } = witness;
  return [
    {
      settings: [setting],
      requests,
      also: seqs(program.started, other.started, scriptOf(view, request), request.routes, request.finished),
      why:
        `Automatic detection is off in ${placeOf(setting)}, so ${nameOf(program)} asked nobody for a script: ` +
        `${sayAttempts(requests[0]?.attempts ?? [])}; ${nameOf(other)} on the same machine found one and got out by ` +
        `${request.attempts.at(-1)?.route ?? ''}.`,
      match: {
        fix:
          `Switch detection on for the account: \`bitsadmin /util /setieproxy ${accountOf(program)} AUTODETECT\` in an elevated ` +
          `prompt; or name the proxy for the program: ${proxyElement} in ${serviceFile} and ${updaterFile}. Restart both services.`,
        alternatives: wallsFor({ direct }, [wall]),
      },
    },
  ];
}

const hasOther = (program: Program): boolean =>
  ownSection(program).length > 0 ||
  program.settings.some(({ data }) => data.layer === 'machine-config') ||
  ['ProxyServer', 'AutoConfigURL'].some((name) => counting(program, name).length > 0);

/** As bitsadmin calls it. */
const accountOf = ({ started }: Program): string =>
  ({ 'network-service': 'networkservice', 'local-service': 'localservice', system: 'localsystem' })[
    started.data.identity ?? ''
  ] ?? String(started.data.identity);
