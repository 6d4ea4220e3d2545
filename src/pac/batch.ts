/** Many URLs against one script, in few crossings into the engine. */
import type { ResolveOptions } from './options.ts';
import type { Profile } from './profile.ts';
import type { Resolution } from './result.ts';
import { hostBypassed, scriptArguments } from './arguments.ts';
import { notConsulted, resolution } from './resolution.ts';
import type { SandboxRunner } from './runner.ts';

export async function resolveBatch(
  runner: SandboxRunner,
  profile: Profile,
  urls: readonly string[],
  options: ResolveOptions,
): Promise<Resolution[]> {
  const results: Resolution[] = [];
  for (const url of urls) {
    const script = scriptArguments(url, profile);
    if (hostBypassed(script.host, profile)) results.push(notConsulted);
    else results.push(resolution(profile, script, await runner.call(script, options, false)));
  }
  return results;
}
