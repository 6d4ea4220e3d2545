/** Who sits where: the programs of a machine, and the accounts they run as. */
import { programFor } from '../client/programs/index.ts';
import type { ClientSpec } from '../client/spec.ts';
import type { ScenarioModel } from './schema.ts';

export interface Caller {
  /** The name of the client, or of one of its actors: `service`, `service-certificates`. */
  name: string;
  identity: string | undefined;
}

export const actorName = (client: string, role: string): string => `${client}-${role}`;

/** Every caller of the machine with this address, in the order of the file. */
export const callersAt = ({ clients }: ScenarioModel, ip: string): Caller[] =>
  Object.entries(clients)
    .filter(([, { address }]) => address === ip)
    .flatMap(([name, spec]) => [{ name, identity: identityOf(spec) }, ...actorsOf(name, spec)]);

/** The account that a client runs as: its own, or the program's usual one. */
export const identityOf = ({ identity, program }: ClientSpec): string | undefined =>
  identity ?? (program && programFor(program).identity);

const actorsOf = (name: string, spec: ClientSpec): Caller[] =>
  Object.entries(spec.program ? programFor(spec.program).actors : {}).map(([role, actor]) => ({
    name: actorName(name, role),
    identity: actor.identity ?? identityOf(spec),
  }));
