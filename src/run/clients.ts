/** The clients of a scenario, on its running lab. */
import { createClient, dialectOf, programFor } from '../client/index.ts';
import type { Client, ClientSpec, Network } from '../client/index.ts';
import { labResolver } from '../lab/lab.ts';
import type { Lab } from '../lab/lab.ts';
import { clientSettingsOf } from '../scenario/client-settings.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { NetworkChange } from '../step/step.ts';

/** A client that also runs its program, and may be carried into another network. */
export interface LabClient extends Omit<Client, 'start' | 'network'> {
  start(): Promise<void>;
  network(change: NetworkChange): void;
}

export const buildClients = (scenario: Scenario, lab: Lab): ReadonlyMap<string, LabClient> =>
  new Map(Object.entries(scenario.model.clients).map(([name, spec]) => [name, buildClient(name, spec, scenario, lab)]));

function buildClient(name: string, spec: ClientSpec, { model, files }: Scenario, lab: Lab): LabClient {
  const dialect = dialectOf(spec.profile);
  const { dns, clock: time, dhcp } = model.lab;
  const owner = `client:${name}`;
  let network: Network = {
    address: spec.address,
    ownAddresses: spec.ownAddresses ?? [spec.address],
    suffix: spec.suffix === undefined ? (dns.suffix ?? null) : spec.suffix,
    dns: dns.address,
    dhcp,
  };
  const resolverIn = (search: readonly string[] | undefined) =>
    labResolver({ name, owner, ip: network.address }, network.dns, dialect.resolver, {
      ...lab,
      suffix: network.suffix,
      search: search ?? (network.suffix === null ? [] : [network.suffix]),
    });
  let resolver = resolverIn(dns.search);
  const { address, ...rest } = network;
  const client = createClient(
    {
      ...rest,
      name,
      dialect,
      host: { name, owner, ip: address },
      identity: spec.identity ?? null,
      settings: clientSettingsOf(spec, files),
      calls: spec.calls,
      credentials: spec.credentials ?? null,
      trust: spec.trust,
      certificates: spec.certificates,
      tls: spec.tls,
      devolution: spec.devolution,
    },
    { ...lab, zone: spec.zone ?? time.zone, pen: lab.trace.pen(owner), resolver: () => resolver },
  );
  return {
    ...client,
    start: () => startProgram(client, spec, lab),
    network(change) {
      network = networkAfter(network, change);
      resolver = resolverIn(change.suffix === undefined ? dns.search : undefined);
      client.network(network);
    },
  };
}

/** What the step does not name stays as it was. */
const networkAfter = (before: Network, { address, suffix, dns, option252 }: NetworkChange): Network => ({
  address: address ?? before.address,
  ownAddresses: address === undefined ? before.ownAddresses : [address],
  suffix: suffix === undefined ? before.suffix : suffix,
  dns: dns ?? before.dns,
  dhcp: option252 === undefined ? before.dhcp : { option252, inform: 'answered' },
});

/** Phases run one after the other; one that fails ends the program. */
async function startProgram(client: Client, { program }: ClientSpec, lab: Lab): Promise<void> {
  client.start();
  if (!program) return;
  const pen = lab.trace.pen(`client:${client.name}`);
  for (const phase of programFor(program).phases) {
    pen.write('client.phase', { client: client.name, phase: phase.name, says: phase.says(program) });
    const { ok, says } = await phase.run(client, program);
    pen.write('client.phase-finished', { client: client.name, phase: phase.name, ok, says });
    if (!ok) break;
  }
}
