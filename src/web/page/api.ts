/** The control API of the lab that serves this page; a cookie of the page has the token. */
import type { Finding } from '../../finding.ts';
import type { TraceEvent } from '../../trace/events.ts';
import type { Reached } from '../packed.ts';

export interface Status {
  scenario: { id: string; name: string; file: string };
  version: string;
  clock: { now: number; date: string };
  doors: readonly {
    name: string;
    names: readonly string[];
    story: string;
    speaks: string;
    real: { host: string; port: number };
  }[];
  changed: readonly string[];
}

export interface Setting {
  path: string;
  value: unknown;
  changed: boolean;
}

/** `options` is a JSON Schema. */
export interface Behaviour {
  kind: string;
  summary: string;
  options: { required?: readonly string[]; properties?: Readonly<Record<string, { description?: string }>> };
}

export type Behaviours = Readonly<Record<'dns' | 'hosts' | 'proxies', readonly Behaviour[]>>;

export const statusOf = (): Promise<Status> => asked('GET', '/v1/status');
export const settingsOf = (): Promise<Setting[]> => asked('GET', '/v1/settings');
export const behavioursOf = (): Promise<Behaviours> => asked('GET', '/v1/behaviours');
export const findingsOf = (): Promise<Finding[]> => asked('GET', '/v1/findings');
/** Scripts as programs outside have read them, evaluated by the rules of a profile, and the lines that ran. */
export const scriptsOf = (profile: string): Promise<{ events: TraceEvent[]; reached: Reached[] }> =>
  asked('GET', `/v1/scripts?profile=${profile}`);
export const reset = (): Promise<Status> => asked('POST', '/v1/reset');
export const change = (path: string, value: unknown): Promise<Setting> =>
  asked('PUT', `/v1/settings/${encodeURIComponent(path)}`, { value });

/** Every event from the first that is kept, and on; a browser goes on by itself where it was cut off. */
export function follow(hear: (event: TraceEvent) => void, connected: (open: boolean) => void): void {
  const source = new EventSource('/v1/events?follow=true');
  source.addEventListener('message', ({ data }) => hear(JSON.parse(String(data)) as TraceEvent));
  source.addEventListener('open', () => connected(true));
  source.addEventListener('error', () => connected(false));
}

/** Throws what the lab says is wrong, in its words. */
async function asked<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    ...(body !== undefined && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as T | { problems: readonly Problem[] };
  if (response.ok) return answer as T;
  throw new Error((answer as { problems: readonly Problem[] }).problems.map(sayProblem).join('; '));
}

interface Problem {
  message: string;
  hint?: string;
  path?: string;
}

const sayProblem = ({ message, hint, path }: Problem): string =>
  `${path === undefined ? '' : `${path}: `}${message}${hint === undefined ? '' : ` (${hint})`}`;
