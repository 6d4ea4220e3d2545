import type { Profile, ProfileName } from '../profile.ts';
import { chromium } from './chromium.ts';
import { dotnetFramework } from './dotnet-framework.ts';
import { firefox } from './firefox.ts';
import { node } from './node.ts';
import { winhttp } from './winhttp.ts';

/** Every client whose PAC rules are known, in the order reports show them. */
export const profiles: readonly Profile[] = [chromium, firefox, winhttp, dotnetFramework, node];

/** The profile of that name; throws for a name that no profile has. */
export function profileNamed(name: ProfileName): Profile {
  const profile = profiles.find((candidate) => candidate.name === name);
  if (!profile) throw new RangeError(`no profile "${name}"; there are ${profiles.map((each) => each.name).join(', ')}`);
  return profile;
}
