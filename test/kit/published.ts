/** A lab on real addresses, for clients that are real: curl, Node's own resolver, plain sockets. */
import { execFile } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { startLab } from '../../src/lab/lab.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { loadSource } from '../../src/library/load.ts';
import type { ScenarioSource } from '../../src/library/load.ts';
import { hostPort } from '../../src/publish/guide.ts';
import { publish } from '../../src/publish/publish.ts';
import type { Publication, PublishOptions, PublishedDoor } from '../../src/publish/publish.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import type { EventType, TraceEvent } from '../../src/trace/events.ts';
import { pick } from '../../src/trace/view.ts';

export interface Published extends AsyncDisposable {
  scenario: Scenario;
  lab: Lab;
  publication: Publication;
  /** The door of a name of the scenario, by what it speaks. */
  door(name: string, speaks?: PublishedDoor['speaks']): PublishedDoor;
  /** `host:port` of that door. */
  at(name: string, speaks?: PublishedDoor['speaks']): string;
  /** Asks the DNS of the lab over UDP. */
  resolver(): Resolver;
  events<T extends EventType>(...types: T[]): TraceEvent<T>[];
  /** Waits for an event of a type that fits. */
  until<T extends EventType>(type: T, fits?: (event: TraceEvent<T>) => boolean): Promise<TraceEvent<T>>;
}

export async function startPublished(
  source: ScenarioSource,
  options: Partial<PublishOptions> = {},
): Promise<Published> {
  const [scenario] = await loadSource(source, { mayExpectNothing: true });
  if (!scenario) throw new Error('no scenario');
  const lab = await startLab(scenario, { clock: 'real', bytes: true });
  const usual = { bind: ['127.0.0.1'], addressing: 'each', ports: 'free', rewrite: 'needed' } as const;
  const publication = await publish(lab, scenario.model.lab, { ...usual, ...options });
  const door: Published['door'] = (name, speaks) => {
    const found = publication.doors.find(
      (each) => (each.name === name || each.names.includes(name)) && (speaks === undefined || each.speaks === speaks),
    );
    if (!found) throw new Error(`no door for ${name}`);
    return found;
  };
  return {
    scenario,
    lab,
    publication,
    door,
    at: (name, speaks) => hostPort(door(name, speaks).real),
    resolver() {
      const resolver = new Resolver({ timeout: 2000, tries: 1 });
      resolver.setServers([hostPort(door('dns').real)]);
      return resolver;
    },
    events: (...types) => pick(lab.trace.events, ...types),
    until: (type, fits = () => true) =>
      new Promise((resolve) => {
        const past = pick(lab.trace.events, type).find(fits);
        if (past) resolve(past);
        const silence = lab.trace.listen((event) => {
          const [found] = pick([event], type).filter(fits);
          if (!found) return;
          silence();
          resolve(found);
        });
      }),
    async [Symbol.asyncDispose]() {
      await publication[Symbol.asyncDispose]();
      await lab[Symbol.asyncDispose]();
    },
  };
}

export interface Curled {
  code: number;
  out: string;
  err: string;
}

/** Real curl, without the settings of whoever runs the tests. */
export function curl(...args: string[]): Promise<Curled> {
  const env = { PATH: process.env['PATH'] };
  return new Promise((resolve) => {
    execFile('curl', ['-q', '-sS', '--max-time', '10', ...args], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

/** A plain TCP client that has connected. */
export function dialReal({ real }: PublishedDoor): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: real.host, port: real.port }, () => resolve(socket));
    socket.once('error', reject);
  });
}
