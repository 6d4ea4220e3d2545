/** The runner of the `node` profile, with an engine of its own that is loaded when somebody asks for that profile. */
import type { Limits } from './limits.ts';
import type { ResolveOptions } from './options.ts';
import type { Profile } from './profile.ts';
import type { ScriptArguments } from './result.ts';
import type { Run, Runner } from './run.ts';

export class LaterRunner implements Runner {
  readonly #make: () => Promise<Runner>;
  #made: Promise<Runner> | null = null;
  #runner: Runner | null = null;

  constructor(source: string, profile: Profile, limits: Limits) {
    this.#make = async () => {
      const { NodeRunner } = await import('./node-runner.ts');
      return (this.#runner = new NodeRunner(source, profile, limits));
    };
  }

  async call(script: ScriptArguments, options: ResolveOptions, trace: boolean): Promise<Run> {
    return (await (this.#made ??= this.#make())).call(script, options, trace);
  }

  async evaluate(expression: string, script: ScriptArguments, options: ResolveOptions, trace: boolean): Promise<Run> {
    return (await (this.#made ??= this.#make())).evaluate(expression, script, options, trace);
  }

  [Symbol.dispose](): void {
    this.#runner?.[Symbol.dispose]();
  }
}
