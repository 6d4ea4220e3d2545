/** The clients of a scenario, on its running lab. */
import { skewed } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { createClient, dialectOf, programFor, runningProgram, Turns } from '../client/index.ts';
import type {
  Client,
  ClientInit,
  ClientSpec,
  Network,
  RequestOptions,
  RequestResult,
  RunningProgram,
} from '../client/index.ts';
import { labResolver } from '../lab/lab.ts';
import type { Lab } from '../lab/lab.ts';
import { actorSettingsOf, clientSettingsOf } from '../scenario/client-settings.ts';
import { actorName, identityOf } from '../scenario/machines.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { NetworkChange, StageClient, Visit } from '../step/step.ts';

export interface LabClient extends StageClient, Disposable {
  request(url: string, options: RequestOptions): Promise<RequestResult>;
}

export interface LabClients extends Disposable {
  get(name: string): LabClient | undefined;
  /** Resolves when nothing that programs do by themselves is under way. */
  idle(): Promise<void>;
}

export function buildClients(scenario: Scenario, lab: Lab): LabClients {
  const turns = new Turns();
  const clients = new Map(
    Object.entries(scenario.model.clients).map(([name, spec]) => [name, buildClient(name, spec, scenario, lab, turns)]),
  );
  return {
    get: (name) => clients.get(name),
    idle: () => turns.idle(),
    [Symbol.dispose]() {
      for (const client of clients.values()) client[Symbol.dispose]();
    },
  };
}

function buildClient(name: string, spec: ClientSpec, scenario: Scenario, lab: Lab, turns: Turns): LabClient {
  const { files } = scenario;
  const machine = machineOf(spec, scenario, lab);
  const identity = identityOf(spec) ?? null;
  const own = { ...spec, ...(identity === null ? {} : { identity }) };
  const client = machine.caller({ name, profile: spec.profile, identity, settings: clientSettingsOf(own, files) });
  const program = spec.program && startable(name, own, client, { machine, files, lab, turns });
  return {
    request: (url, options) => turns.take(() => client.request(url, options)),
    tunnel: (to, scheme) => turns.take(() => client.tunnel(to, scheme)),
    start: () =>
      turns.take(async () => {
        client.start();
        await program?.start();
      }),
    edit: (settings) => client.edit(clientSettingsOf({ ...own, settings }, files)),
    visit: (visit) => turns.take(async () => program && serve(name, visit, program, lab)),
    network: machine.move,
    [Symbol.dispose]() {
      program?.[Symbol.dispose]();
      machine[Symbol.dispose]();
    },
  };
}

interface Surroundings {
  machine: Machine;
  files: Scenario['files'];
  lab: Lab;
  turns: Turns;
}

function startable(
  name: string,
  spec: ClientSpec,
  client: Client,
  { machine, files, lab, turns }: Surroundings,
): RunningProgram | undefined {
  if (!spec.program) return undefined;
  const actors = Object.entries(programFor(spec.program).actors).map(([role, actor]) => {
    const { profile, identity } = actor;
    const settings = actorSettingsOf(spec, actor, files);
    const who = { name: actorName(name, role), profile, identity: identity ?? spec.identity ?? null, settings };
    return [role, machine.caller(who)] as const;
  });
  const tools = { clock: lab.clock, pen: lab.trace.pen(`client:${name}`), turns };
  return runningProgram(spec.program, { client, actors: new Map(actors) }, tools);
}

/** What the user asked, and what the user saw. */
async function serve(client: string, visit: Visit, program: RunningProgram, lab: Lab): Promise<void> {
  const pen = lab.trace.pen('user');
  const { url } = visit;
  pen.write('user.request', { client, url, simulated: true });
  const served = await program.serve(visit);
  if (served) pen.write('user.answered', { client, url, ...served, simulated: true });
}

interface Who {
  name: string;
  profile: string;
  identity: string | null;
  settings: ClientInit['settings'];
}

/** Accounts that are the computer itself to everybody else (documented for NETWORK SERVICE and SYSTEM). */
const computerAccounts = new Set(['network-service', 'system']);

/** What was given for this client; else, for who may only be what it runs as, the computer's account. */
function credentialsOf(
  { credentials, machineAccount }: ClientSpec,
  { auth }: Pick<ReturnType<typeof dialectOf>, 'auth'>,
  identity: string | null,
) {
  if (credentials || !machineAccount || !auth.allowed) return credentials ?? null;
  return identity !== null && computerAccounts.has(identity) ? machineAccount : null;
}

/** A machine in a network: its callers share address, resolver and fate. */
interface Machine extends Disposable {
  caller(who: Who): Client;
  move(change: NetworkChange): void;
}

function machineOf(spec: ClientSpec, { model }: Scenario, lab: Lab): Machine {
  const { dns, clock: time, dhcp } = model.lab;
  const callers: Client[] = [];
  let search = dns.search;
  let network: Network = {
    address: spec.address,
    ownAddresses: spec.ownAddresses ?? [spec.address],
    suffix: spec.suffix === undefined ? (dns.suffix ?? null) : spec.suffix,
    dns: dns.address,
    dhcp,
  };
  return {
    caller({ name, profile, identity, settings }) {
      const dialect = dialectOf(profile);
      const owner = `client:${name}`;
      const { address, ownAddresses, suffix } = network;
      const host = { name, owner, ip: address };
      const resolver = () =>
        labResolver({ ...host, ip: network.address }, network.dns, dialect.resolver, {
          ...lab,
          suffix: network.suffix,
          search: search ?? (network.suffix === null ? [] : [network.suffix]),
        });
      let known = { network, resolver: resolver() };
      const { calls, trust, certificates, tls, devolution, ipv6 } = spec;
      const habits = {
        calls,
        trust,
        certificates,
        tls,
        devolution,
        ipv6,
        credentials: credentialsOf(spec, dialect, identity),
      };
      const client = createClient(
        { ...habits, name, dialect, host, identity, settings, ownAddresses, suffix, dhcp: network.dhcp },
        {
          ...lab,
          clock: ownClock(spec, lab.clock),
          zone: spec.zone ?? time.zone,
          pen: lab.trace.pen(owner),
          resolver() {
            // Another network is another resolver, with an empty cache.
            if (known.network !== network) known = { network, resolver: resolver() };
            return known.resolver;
          },
        },
      );
      callers.push(client);
      return client;
    },
    move(change) {
      network = networkAfter(network, change);
      search = change.suffix === undefined ? dns.search : undefined;
      for (const client of callers) client.network(network);
    },
    [Symbol.dispose]() {
      for (const client of callers) client[Symbol.dispose]();
    },
  };
}

const ownClock = ({ clock: own }: ClientSpec, clock: Clock): Clock =>
  own ? skewed(clock, (own.ahead ?? 0) - (own.behind ?? 0)) : clock;

/** What the step does not name stays as it was. */
const networkAfter = (before: Network, { address, suffix, dns, option252 }: NetworkChange): Network => ({
  address: address ?? before.address,
  ownAddresses: address === undefined ? before.ownAddresses : [address],
  suffix: suffix === undefined ? before.suffix : suffix,
  dns: dns ?? before.dns,
  dhcp: option252 === undefined ? before.dhcp : { option252, inform: 'answered' },
});
