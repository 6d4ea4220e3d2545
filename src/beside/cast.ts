/** Which browser plays what: its own profile, and another browser's where its own has no row of the scenario. */
import { browsers } from '../browser/browsers/index.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { playedBy } from './sensible.ts';

const profiles: readonly string[] = browsers.map(({ profile }) => profile);

/** Of these, the ones that it can be asked to play; with a scenario of which it has a row, the others' are left out. */
export function playableBy(scenarios: readonly Scenario[], profile: string): Scenario[] {
  const own = new Set(
    scenarios.flatMap((scenario) => (playedBy(scenario, profile).length > 0 ? [scenario.model.id] : [])),
  );
  return scenarios.filter((scenario) =>
    own.has(scenario.model.id)
      ? playedBy(scenario, profile).length > 0
      : profiles.some((other) => playedBy(scenario, other).length > 0),
  );
}

export interface Cast {
  scenario: Scenario;
  /** The profile whose place it takes; undefined: its own. */
  instead: string | undefined;
}

/** The scenario with the browser's profile in the place of another browser's; as it is where it has one of its own. */
export function castFor(scenario: Scenario, profile: string): Cast {
  if (playedBy(scenario, profile).length > 0) return { scenario, instead: undefined };
  const instead = profiles.find((other) => playedBy(scenario, other).length > 0);
  const clients = Object.fromEntries(
    Object.entries(scenario.model.clients).map(([name, client]) => [
      name,
      profiles.includes(client.profile) ? { ...client, profile } : client,
    ]),
  );
  return { scenario: { ...scenario, model: { ...scenario.model, clients } }, instead };
}
