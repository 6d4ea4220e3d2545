/** A lab that runs until somebody stops it: what it is, what may be asked of it, what may be changed. */
import { toHar } from '../capture/har.ts';
import { toPcapng } from '../capture/pcapng.ts';
import type { Finding } from '../finding.ts';
import type { Lab } from '../lab/lab.ts';
import type { Publication, PublishedDoor } from '../publish/publish.ts';
import type { ProfileName } from '../pac/index.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { toNdjson } from '../trace/file.ts';
import type { TraceEvent } from '../trace/events.ts';
import { reachedIn } from '../web/reached.ts';
import type { Reached } from '../web/packed.ts';
import { diagnoseOutside } from './clients.ts';
import { scriptEvents } from './scripts.ts';
import { Settings } from './settings.ts';
import type { Setting } from './settings.ts';

export interface LiveTools {
  scenario: Scenario;
  lab: Lab;
  publication: Publication;
  /** Of this program. */
  version: string;
  /** Ends it. */
  stop: () => void;
}

export interface Status {
  scenario: { id: string; name: string; file: string; row: Readonly<Record<string, unknown>> };
  version: string;
  /** Milliseconds since the lab started, and the date in it. */
  clock: { now: number; date: string };
  doors: readonly PublishedDoor[];
  /** Whether proxy scripts name real addresses on their way out. */
  rewrites: boolean;
  /** Number of the last event, how many are kept, and paths that are not as in the scenario. */
  events: { last: number; kept: number };
  changed: readonly string[];
}

export const captureFormats = ['pcapng', 'har', 'ndjson'] as const;
export type CaptureFormat = (typeof captureFormats)[number];

/** So many events are kept, the latest. */
const mostEvents = 100_000;

export class Live {
  readonly scenario: Scenario;
  readonly lab: Lab;
  readonly publication: Publication;
  readonly #settings: Settings;
  readonly #tools: LiveTools;

  constructor(tools: LiveTools) {
    this.#tools = tools;
    this.scenario = tools.scenario;
    this.lab = tools.lab;
    this.publication = tools.publication;
    this.#settings = new Settings(tools.lab, tools.scenario.model.lab);
    tools.lab.trace.limit(mostEvents);
  }

  status(): Status {
    const { model, file, row } = this.scenario;
    const { clock, trace } = this.lab;
    return {
      scenario: { id: model.id, name: model.name, file, row },
      version: this.#tools.version,
      clock: { now: clock.now(), date: new Date(clock.date()).toISOString() },
      doors: this.publication.doors,
      rewrites: this.publication.rewrites,
      events: { last: trace.last, kept: trace.length },
      changed: this.#settings.all().flatMap(({ path, changed }) => (changed ? [path] : [])),
    };
  }

  settings(): Setting[] {
    return this.#settings.all();
  }

  /** Throws InputError for a path that names nothing. */
  get(path: string): Setting {
    return this.#settings.get(path);
  }

  /** As a `change` step. Throws InputError for a path or value that cannot be. */
  set(path: string, value: unknown): Setting {
    return this.#settings.set(path, value);
  }

  /** Everything as in the scenario, counted from the start; what happened before is forgotten. */
  reset(): void {
    this.lab.trace.forget(Infinity);
    this.#settings.reset();
  }

  get events(): readonly TraceEvent[] {
    return this.lab.trace.events;
  }

  findings(): Promise<Finding[]> {
    return diagnoseOutside([...this.events]);
  }

  /** What scripts say to programs outside, by the rules of a profile. */
  async scripts(profile: ProfileName): Promise<{ events: TraceEvent[]; reached: Reached[] }> {
    const now = this.lab.clock.date();
    const events = await scriptEvents([...this.events], { profile, now });
    return { events, reached: await reachedIn(events, { now }) };
  }

  async capture(format: CaptureFormat): Promise<Uint8Array> {
    const { id, name } = this.scenario.model;
    const captured = { title: `${id}: ${name}`, events: [...this.events], findings: await this.findings() };
    if (format === 'pcapng') return toPcapng(captured);
    if (format === 'ndjson') return Buffer.from(toNdjson(this.events));
    return Buffer.from(`${JSON.stringify(toHar(captured, this.#tools.version), null, 2)}\n`);
  }

  async health(): Promise<{ open: boolean; doors: (PublishedDoor & { open: boolean })[] }> {
    const probed = await this.publication.probe();
    return {
      open: probed.every(({ open }) => open),
      doors: probed.map(({ door, open }) => ({ ...door, open })),
    };
  }

  stop(): void {
    this.#tools.stop();
  }
}
