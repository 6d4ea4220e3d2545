/** A lab that serves real programs: the lab, its real addresses, its control server, and the word where it is. */
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { startControl } from '../control/server.ts';
import type { Page } from '../control/server.ts';
import { Live } from '../control/live.ts';
import { LabError } from '../failure.ts';
import { startLab } from '../lab/lab.ts';
import { keptAuthorities } from '../net/certificates.ts';
import type { Pki } from '../net/certificates.ts';
import type { Place } from '../net/net.ts';
import { guideTo, hostPort } from '../publish/guide.ts';
import type { Hint } from '../publish/guide.ts';
import { publish } from '../publish/publish.ts';
import type { PublishOptions } from '../publish/publish.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { Scope } from '../scope.ts';
import { announce, authorityStore } from './place.ts';
import type { Tools } from './tools.ts';

export interface ServeWish extends Omit<PublishOptions, 'guise'> {
  /** Where the control server listens. */
  control: Place & { insist: boolean };
  /** Further names under which it may be addressed. */
  controlHosts: readonly string[];
  /** The client of the scenario that strangers are taken for. */
  as: string | undefined;
  /** Keeps every byte, for captures. */
  bytes: boolean;
}

export interface Serving extends AsyncDisposable {
  readonly live: Live;
  readonly control: { url: string; token: string };
  /** The authority of public hosts, for clients to trust; null when it lasts only as long as this lab. */
  readonly caFile: string | null;
  readonly hints: readonly Hint[];
  /** Settles when somebody ends the lab over its control server. */
  readonly stopped: Promise<void>;
  /** Everything that a program needs to find the lab, on one line. */
  asJson(): string;
}

/** Throws LabError when a port is taken; whatever had started is stopped then. */
export async function startServing(
  scenario: Scenario,
  wish: ServeWish,
  tools: Tools,
  pages?: (live: Live) => (path: string) => Page | undefined,
): Promise<Serving> {
  await using scope = new Scope();
  const { store, authorities } = await machineAuthorities(tools);
  const lab = scope.use(await startLab(scenario, { clock: 'real', bytes: wish.bytes, authorities }));
  const closedPorts: number[] = [];
  const options = { ...wish, ...guiseOf(scenario, wish.as), closedPorts };
  const publication = scope.use(await publish(lab, scenario.model.lab, options));
  let stop = (): void => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const live = new Live({ scenario, lab, publication, version: tools.version, stop: () => stop() });
  const token = randomBytes(24).toString('base64url');
  const control = scope.use(await controlFor(live, wish, token, pages?.(live)));
  closedPorts.push(control.real.port);
  const url = `http://${hostPort({ ...control.real, host: speakable(control.real.host) })}`;
  scope.use(await announce(tools.env, { pid: process.pid, url, token, scenario: scenario.model.id }));
  await lab.pki.authority('public-ca');
  const caFile = store && join(store.folder, 'public-ca.pem');
  const hints = guideTo({ scenario, publication, caFile, keyHash: await keyHashOf(lab.pki) });
  const owned = scope.move();
  return {
    live,
    control: { url, token },
    caFile,
    hints,
    stopped,
    asJson: () => `${JSON.stringify({ pid: process.pid, control: { url, token }, caFile, hints, ...live.status() })}\n`,
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  };
}

/** Kept where that is possible; a read-only machine has new ones each time. */
async function machineAuthorities({ env, stderr }: Tools) {
  const store = authorityStore(env);
  const authorities = keptAuthorities(store);
  try {
    await authorities('public-ca');
    return { store, authorities };
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    stderr.write(`note: ${error.message}; the certificates of this lab last as long as it runs\n`);
    return { store: null, authorities: undefined };
  }
}

function guiseOf({ model }: Scenario, as: string | undefined): Pick<PublishOptions, 'guise'> {
  const address = as === undefined ? undefined : model.clients[as]?.address;
  return address === undefined ? {} : { guise: () => address };
}

/** The usual port may be another lab's; one that was asked for must be had. */
async function controlFor(
  live: Live,
  { control, controlHosts }: ServeWish,
  token: string,
  pages: ((path: string) => Page | undefined) | undefined,
) {
  const options = { token, hosts: controlHosts, ...(pages && { pages }) };
  try {
    return await startControl(live, { ...options, at: control });
  } catch (error) {
    if (control.insist || !(error instanceof LabError)) throw error;
    return startControl(live, { ...options, at: { ...control, port: 0 } });
  }
}

/** An address that means "any" is reached over the loopback. */
const speakable = (host: string): string => (host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);

async function keyHashOf(pki: Pki): Promise<string> {
  const { certificate } = await pki.leaf({ names: ['paclab.invalid'], authority: 'public-ca' });
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}
