/** Programs as they ran: who each was, the settings it had read at its start, and the requests it made with them. */
import type { TraceEvent } from '../trace/events.ts';
import { requestsOf } from '../trace/requests.ts';
import type { Request } from '../trace/requests.ts';
import { groupIn, kept, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { shown } from './candidates.ts';
import { directIsOpen, isUnreachable } from './fail-open.ts';
import type { Match, Need } from './rule.ts';

export type Setting = TraceEvent<'client.setting'>;

/** One life of a program, from one start to the next. */
export interface Program {
  client: string;
  started: TraceEvent<'client.started'>;
  /** As read at this start, whether they count or not. */
  settings: readonly Setting[];
  requests: readonly Request[];
  /** The number of the client's next start; Infinity in its last life. */
  until: number;
}

export const programsOf = kept((view): readonly Program[] => {
  const starts = view.ofType('client.started');
  const settings = byClient(view.ofType('client.setting'), ({ data }) => data.client);
  const requests = byClient(requestsOf(view), ({ client }) => client);
  return starts.map((started) => {
    const { client } = started.data;
    const until = starts.find(({ seq, data }) => seq > started.seq && data.client === client)?.seq ?? Infinity;
    const own = ({ seq }: { seq: number }): boolean => seq > started.seq && seq < until;
    return {
      client,
      started,
      settings: (settings.get(client) ?? []).filter(own),
      requests: (requests.get(client) ?? []).filter((request) => own(request.started)),
      until,
    };
  });
});

/** Settings of this name that count. */
export const counting = ({ settings }: Program, name: string, layer?: string): Setting[] =>
  settings.filter(
    ({ data }) => data.name === name && data.overriddenBy === null && (layer === undefined || data.layer === layer),
  );

/** The same with this value; True and False are written in small letters here. */
export const countingAs = (program: Program, name: string, value: string): Setting[] =>
  counting(program, name).filter(({ data }) => data.value === value);

/** Settings that something makes void. */
export const voided = ({ settings }: Program, by: RegExp): Setting[] =>
  settings.filter(({ data }) => data.overriddenBy !== null && by.test(data.overriddenBy));

/** What the program's own file says of proxies, as far as it counts. An empty section says nothing. */
export const ownSection = ({ settings }: Program): Setting[] =>
  settings.filter(
    ({ data }) =>
      data.layer === 'app-config' && data.overriddenBy === null && isOfProxies(data.name) && !isEmptySection(data),
  );

const isEmptySection = ({ name, value }: Setting['data']): boolean => name === 'defaultProxy' && value === 'empty';

const isOfProxies = (name: string): boolean => /^(defaultProxy|proxy|bypasslist|module)(\.|$)/.test(name);

/** What somebody edited while this life of the program lasted. */
export const editsOf = (view: View, { client, started, until }: Program): TraceEvent<'settings.edited'>[] =>
  view.ofType('settings.edited').filter(({ seq, data }) => data.client === client && seq > started.seq && seq < until);

/** Where a setting stands, for people: `file:line:column`, or the layer. */
export const placeOf = ({ data: { origin, layer } }: Setting | TraceEvent<'settings.edited'>): string =>
  origin ? `${origin.file}:${origin.line}:${origin.column}` : (layerNames[layer] ?? layer);

const layerNames: Readonly<Record<string, string>> = {
  'app-config': "the program's .exe.config",
  'machine-config': 'machine.config',
  account: "the account's WinINET settings",
  'per-machine': 'the per-machine WinINET settings',
  netsh: 'netsh winhttp',
};

export const isFramework = ({ started }: Program): boolean => started.data.profile === 'dotnet-framework';
export const isWinHttp = ({ started }: Program): boolean => started.data.profile === 'winhttp';

export const sameMachine = (left: Program, right: Program): boolean =>
  left.started.data.address === right.started.data.address;

/** `service (network-service)` */
export const nameOf = ({ client, started }: Program): string =>
  started.data.identity === null ? client : `${client} (${started.data.identity})`;

export const hasFailed = ({ ok }: Request): boolean => !ok;

/** It had no proxy, and could not reach its destination. */
export const isShutOut = ({ attempts }: Request): boolean =>
  attempts.length > 0 && attempts.every(({ proxy }) => proxy === null) && attempts.some(isUnreachable);

/** The same in a network that lets this program out nowhere. */
export const shutOut = (view: View, { client, requests }: Program): Request[] =>
  directIsOpen(view, client) ? [] : requests.filter(isShutOut);

/** It failed before any packet left, because the settings cannot be used. */
export const isStillborn = ({ finished, attempts, ofType }: Request): boolean =>
  finished?.data.error?.cause === 'config.invalid' &&
  ofType('dns.resolved').length === 0 &&
  attempts.every(({ dials, conns }) => dials.length === 0 && conns.length === 0);

/** Whether a script was looked for in this life. */
export const looked = (view: View, { client, started, until }: Program): boolean =>
  view.ofType('discovery.started').some(({ seq, data }) => data.client === client && seq > started.seq && seq < until);

/** How a request ended, for evidence. */
export const endOf = (request: Request): number[] =>
  seqs(
    request.routes,
    request.attempts.flatMap((attempt) => shown(request, attempt)),
    request.finished,
  );

/**
 * All that happened for a request. A search for a script that led nowhere belongs to it; one that found something and
 * then went wrong, or that DNS or DHCP failed, is a cause of its own.
 */
export function wholeOf(view: View, request: Request): number[] {
  const search = request.routes ? view.between(request.started.seq, request.routes.seq) : [];
  const found = search.some(
    (event) =>
      (event.type === 'discovery.finished' && (event.data.url !== null || isFailure(event))) ||
      event.type === 'dhcp.timeout' ||
      (event.type === 'dhcp.answer' && event.data.option252 !== null),
  );
  return seqs(found ? [] : search, request.started, request.events, request.finished);
}

/** DNS said something else than that there is no such name. */
export const isFailure = ({ data: { source, reason } }: TraceEvent<'discovery.finished'>): boolean =>
  source === 'dns' && reason !== null && reason !== 'dns.nxdomain';

/** What a cause in the settings comes to: the lines that say so, and the requests that went wrong by it. */
export interface Effect {
  settings: readonly Setting[];
  requests: readonly Request[];
  why: string;
  /** More evidence: another program's success, say. */
  also?: readonly number[];
  about?: string;
  match?: Partial<Match>;
}

/** The setting that a rule cannot do without. */
export const needing = (says: string, settingsOf: (program: Program) => readonly Setting[]): Need => ({
  says,
  seen: (view) => programsOf(view).flatMap(settingsOf),
});

/** Needs and matches of a rule whose cause is in the settings. */
export function bySettings(
  says: string,
  effectsOf: (program: Program, view: View) => readonly Effect[],
): { needs: readonly Need[]; find: (view: View) => Match[] } {
  const all = kept((view): readonly (Effect & { program: Program })[] =>
    programsOf(view).flatMap((program) =>
      effectsOf(program, view)
        .filter(({ requests }) => requests.length > 0)
        .map((effect) => ({ ...effect, program })),
    ),
  );
  return {
    needs: [{ says, seen: (view) => all(view).flatMap(({ settings, program }) => [program.started, ...settings]) }],
    find: (view) =>
      all(view).map(({ settings, requests, why, also = [], about, match, program }) => ({
        about: about ?? program.client,
        confidence: 'certain',
        severity: requests.some(hasFailed) ? 'error' : 'warning',
        why,
        evidence: [...seqs(settings), ...also, ...endOf(requests[0] as Request)],
        explains: requests.flatMap((request) => wholeOf(view, request)),
        ...match,
      })),
  };
}

/** The same, where one setting can be named without which there is nothing to look for. */
export function bySetting(
  says: string,
  setting: Need,
  effectsOf: (program: Program, view: View) => readonly Effect[],
): { needs: readonly Need[]; find: (view: View) => Match[] } {
  const { needs, find } = bySettings(says, effectsOf);
  return { needs: [setting, ...needs], find };
}

const byClient = <T>(things: readonly T[], clientOf: (thing: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const thing of things) groupIn(groups, clientOf(thing), () => []).push(thing);
  return groups;
};
