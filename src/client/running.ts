/** A program at work: its phases at the start, those that come again on the clock, and requests of users. */
import type { Clock } from '../clock.ts';
import { sayDuration } from '../duration.ts';
import type { Pen } from '../trace/trace.ts';
import type { Client } from './client.ts';
import type { Phase, Program, Served, Stage, Visit } from './program.ts';
import { programFor } from './programs/index.ts';
import type { Turns } from './turns.ts';

/** The program's own client, and the other callers on its machine. */
export interface Cast {
  client: Client;
  actors: ReadonlyMap<string, Client>;
}

export interface RunningProgram extends Disposable {
  /** From the first phase on; what came again from an earlier start no longer does. */
  start(): Promise<void>;
  /** Carries a user's request; undefined when the program publishes nothing. */
  serve(visit: Visit): Promise<Served | undefined>;
}

export function runningProgram(
  options: { kind: string },
  { client, actors }: Cast,
  { clock, pen, turns }: { clock: Clock; pen: Pen; turns: Turns },
): RunningProgram {
  const program = programFor(options);
  const { name } = client;
  const done = new Map<string, boolean>();
  let callOff: (() => void)[] = [];
  const stage = stageOf({ client, actors }, done, pen);

  const carryOut = async (phase: Phase<typeof options>, again?: string): Promise<boolean> => {
    const which = { client: name, phase: phase.name };
    const said = phase.says(options);
    // What a phase does may be documented; that and when it is done again after a failure is not.
    const basis = again === undefined ? phase.basis : 'inferred';
    pen.write('client.phase', { ...which, basis, says: again === undefined ? said : `${said}, ${again}` });
    const { ok, says } = await phase.run(stage, options);
    pen.write('client.phase-finished', { ...which, ok, says });
    done.set(phase.name, ok);
    return ok;
  };

  const comeAgain = (phase: Phase<typeof options>, wait: number): void => {
    const again = async (): Promise<void> => {
      await turns.take(() => carryOut(phase));
      comeAgain(phase, wait);
    };
    // Time does not move for its sake: a program left alone does nothing that anybody waits for.
    // What goes wrong stays in the turns, where the run finds it.
    callOff.push(clock.after(wait, () => void again().catch(() => undefined), { background: true }));
  };

  /** The phases from one on; one that fails ends the program, or comes back with those behind it. */
  const proceed = async (phases: readonly Phase<typeof options>[], again?: string): Promise<void> => {
    for (const [index, phase] of phases.entries()) {
      const wait = phase.every?.(options);
      if (wait !== undefined) {
        comeAgain(phase, wait);
        continue;
      }
      if ((await carryOut(phase, index === 0 ? again : undefined)) || phase.optional === true) continue;
      const pause = phase.retry?.(options);
      if (pause !== undefined) comeBack(phases.slice(index), pause);
      return;
    }
  };

  const comeBack = (phases: readonly Phase<typeof options>[], pause: number): void => {
    const back = (): Promise<void> => turns.take(() => proceed(phases, `again after ${sayDuration(pause)}`));
    callOff.push(clock.after(pause, () => void back().catch(() => undefined), { background: true }));
  };

  const serve = servant(options, stage, pen);

  const stop = (): void => {
    for (const one of callOff) one();
    callOff = [];
    done.clear();
  };

  return {
    async start() {
      stop();
      const chosen = program.chosen(options);
      await proceed(program.phases.filter((one) => chosen.includes(one.name)));
    },
    serve: (visit) => serve(program.serving, visit),
    [Symbol.dispose]: stop,
  };
}

/** Carries requests of users, for a program that publishes something. */
function servant(options: { kind: string }, stage: Stage, pen: Pen) {
  return async (serving: Program['serving'], visit: Visit): Promise<Served | undefined> => {
    if (!serving) return undefined;
    const which = { client: stage.client.name, phase: serving.name };
    pen.write('client.phase', { ...which, basis: serving.basis, says: `a user asks for ${visit.url}` });
    const served = await serving.serve(stage, options, visit);
    pen.write('client.phase-finished', { ...which, ok: served.page === null, says: served.says });
    return served;
  };
}

function stageOf({ client, actors }: Cast, done: ReadonlyMap<string, boolean>, pen: Pen): Stage {
  const { name } = client;
  return {
    client,
    done,
    actor(role) {
      const actor = actors.get(role);
      if (!actor) throw new Error(`the program of ${name} has no actor called '${role}'`);
      return actor;
    },
    tellVersion: (installed, offered) => pen.write('client.version', { client: name, installed, offered }),
    log: (id, text) => pen.write('client.logged', { client: name, id, text }),
  };
}
