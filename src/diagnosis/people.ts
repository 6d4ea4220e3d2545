/** Services and the people on the same machine, who have other settings and prove nothing for them. */
import type { Request } from '../trace/requests.ts';
import type { View } from '../trace/view.ts';
import { ownSection, programsOf, sameMachine, shutOut } from './programs.ts';
import type { Program } from './programs.ts';

const services = ['network-service', 'local-service', 'system'];

/** It runs as one of Windows' own accounts. */
export const isService = ({ started }: Program): boolean => services.includes(started.data.identity ?? '');

/** It runs as a person, or as an account that somebody made. */
const isPerson = ({ started }: Program): boolean =>
  started.data.identity !== null && !services.includes(started.data.identity);

/** A proxy carried it. */
export const wasProxied = ({ ok, attempts }: Request): boolean => ok && attempts.at(-1)?.proxy != null;

/** A service that got nowhere without a proxy, and what a person's program on its machine got by one. */
export interface Contrast {
  stranded: readonly Request[];
  person: Program;
  passed: Request;
}

/** `fits` picks the request that makes the contrast. */
export function contrastsOf(
  view: View,
  service: Program,
  fits: (passed: Request, stranded: readonly Request[]) => boolean,
): Contrast[] {
  const stranded = isService(service) && ownSection(service).length === 0 ? shutOut(view, service) : [];
  if (stranded.length === 0) return [];
  return programsOf(view)
    .filter((person) => isPerson(person) && sameMachine(person, service))
    .flatMap((person) => {
      const passed = person.requests.find((request) => wasProxied(request) && fits(request, stranded));
      return passed ? [{ stranded, person, passed }] : [];
    });
}
