/** Whether a scenario can be played by a real browser at all, and if not, why: told to the user for each one. */
import type { ClientSpec } from '../client/spec.ts';
import type { RunRecord } from '../run/record.ts';
import { clientSettingsOf } from '../scenario/client-settings.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { effectiveBrowser } from '../settings/own.ts';
import { verbOf } from '../step/spec.ts';
import type { TraceEvent } from '../trace/events.ts';

export interface Wanted {
  /** The profile that the browser stands for. */
  profile: string;
  /** Milliseconds that a run may take by the model's own account. */
  patience: number;
}

/** Names of the clients that the browser plays. */
export const playedBy = ({ model }: Pick<Scenario, 'model'>, profile: string): string[] =>
  Object.entries(model.clients).flatMap(([name, client]) => (client.profile === profile ? [name] : []));

/** Undefined when the browser can play it; `said` is what the model did. */
export function whyNot(scenario: Scenario, said: RunRecord, { profile, patience }: Wanted): string | undefined {
  const { model } = scenario;
  const names = playedBy(scenario, profile);
  const clients = names.flatMap((name) => model.clients[name] ?? []);
  const steps = model.steps.map((parsed) => whyNotStep(parsed, names));
  return (
    model.steps.map((parsed) => ownLoopback(parsed, names)).find((why) => why !== undefined) ??
    steps.find((why) => why !== undefined) ??
    clients.map((client) => whyNotClient(client, scenario.files)).find((why) => why !== undefined) ??
    whyNotAddresses(
      clients.map(({ address }) => address),
      said.events,
    ) ??
    whyNotScript(said.events) ??
    (said.labMs > patience ? `it takes ${Math.round(said.labMs / 1000)} s of real time` : undefined)
  );
}

/** The lab's loopback is that of another namespace. */
function ownLoopback(parsed: Scenario['model']['steps'][number], names: readonly string[]): string | undefined {
  const { fetch } = parsed as { fetch?: { url: string; client: string } };
  if (!fetch || !names.includes(fetch.client)) return undefined;
  return /^https?:\/\/(localhost|127\.|\[::1\])/.test(fetch.url) ? 'nobody listens on its own loopback' : undefined;
}

const able = ['fetch', 'advance', 'change', 'start', 'network'];

function whyNotStep(parsed: Scenario['model']['steps'][number], names: readonly string[]): string | undefined {
  const { step, options } = verbOf(parsed);
  // The schema of the step made these.
  const { client, ...rest } = (typeof options === 'object' ? options : { client: options }) as {
    client?: string;
    [option: string]: unknown;
  };
  if (step.verb === 'change' && Object.keys(rest).some((path) => path.startsWith('firewall')))
    return 'the firewall of the kernel is set before the first step';
  if (client === undefined || !names.includes(client)) return undefined;
  if (!able.includes(step.verb)) return `a browser has no '${step.verb}'`;
  const unable = ['method', 'headers', 'body', 'leg', 'keep', 'halfClose'].find((option) => rest[option] !== undefined);
  return step.verb === 'fetch' && unable !== undefined
    ? `'${unable}' cannot be asked of a page that is opened`
    : undefined;
}

function whyNotClient(client: ClientSpec, files: Scenario['files']): string | undefined {
  const { minVersion, maxVersion, hello, pins } = client.tls;
  if (client.clock) return 'its clock is the machine’s';
  const { mode = 'system' } = client.settings.browser ?? {};
  const { system = {} } = client.settings;
  if (
    mode === 'system' &&
    system.proxy !== undefined &&
    (system.scriptUrl !== undefined || system.autoDetect !== false)
  )
    return 'its settings name a script and a fixed proxy, and a switch names one of them';
  const { proxy: byHand } = effectiveBrowser(clientSettingsOf(client, files));
  if (client.profile === 'firefox' && byHand.includes('@')) return 'its settings have no place for a user at the proxy';
  if (client.ownAddresses) return 'its own addresses are those of its namespace';
  if (client.certificates.some((each) => typeof each !== 'string')) return 'its certificate has a fault';
  if (minVersion ?? maxVersion ?? hello ?? (Object.keys(pins).length > 0 ? pins : undefined))
    return 'its TLS is as it was built';
  return undefined;
}

/** A machine of its own has an address of its own. */
function whyNotAddresses(own: readonly string[], events: readonly TraceEvent[]): string | undefined {
  if (new Set(own).size < own.length) return 'two of its clients share an address';
  const served = events.some(
    ({ type, data }) => type === 'tcp.opened' && own.some((address) => data.to.startsWith(`${address}:`)),
  );
  return served ? 'its address is also that of a part of the lab' : undefined;
}

const clockWords = /\b(weekdayRange|dateRange|timeRange|Date|random)\b/;
const limits = ['TimeLimit', 'MemoryLimit', 'StackLimit'];

/** Scripts whose answer is not the same on another day, and those that would take the browser down. */
function whyNotScript(events: readonly TraceEvent[]): string | undefined {
  for (const { type, data } of events) {
    if (type === 'pac.loaded' && clockWords.test(data.text)) return 'its script reads the date or throws dice';
    if (type === 'pac.failed' && limits.includes(data.name)) return 'its script takes the browser down or never ends';
  }
  return undefined;
}
