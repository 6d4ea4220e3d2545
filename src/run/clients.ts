/** The clients of a scenario, on its running lab. */
import { createClient, dialectOf, programFor } from '../client/index.ts';
import type { Client, ClientSpec } from '../client/index.ts';
import { labResolver } from '../lab/lab.ts';
import type { Lab } from '../lab/lab.ts';
import { clientSettingsOf } from '../scenario/client-settings.ts';
import type { Scenario } from '../scenario/scenario.ts';

/** A client that also runs its program. */
export interface LabClient extends Omit<Client, 'start'> {
  start(): Promise<void>;
}

export const buildClients = (scenario: Scenario, lab: Lab): ReadonlyMap<string, LabClient> =>
  new Map(Object.entries(scenario.model.clients).map(([name, spec]) => [name, buildClient(name, spec, scenario, lab)]));

function buildClient(name: string, spec: ClientSpec, { model, files }: Scenario, lab: Lab): LabClient {
  const dialect = dialectOf(spec.profile);
  const host = { name, owner: `client:${name}`, ip: spec.address };
  const suffix = spec.suffix === undefined ? (model.lab.dns.suffix ?? null) : spec.suffix;
  const { dns, clock: time } = model.lab;
  const search = dns.search ?? (suffix === null ? [] : [suffix]);
  const pen = lab.trace.pen(host.owner);
  const resolver = labResolver(host, dns.address, dialect.resolver, { ...lab, suffix, search });
  const settings = clientSettingsOf(spec, files);
  const client = createClient(
    {
      name,
      dialect,
      host,
      ownAddresses: spec.ownAddresses ?? [host.ip],
      identity: spec.identity ?? null,
      settings,
      trust: spec.trust,
      certificates: spec.certificates,
      suffix,
      devolution: spec.devolution,
    },
    model.lab.dhcp,
    { ...lab, zone: spec.zone ?? time.zone, pen, resolver },
  );
  return { ...client, start: () => startProgram(client, spec, lab) };
}

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
