/** Requests of users: what was asked, what the connector asked the application, and what the user saw of it. */
import type { Alternative } from '../finding.ts';
import type { TraceEvent } from '../trace/events.ts';
import { requestsOf } from '../trace/requests.ts';
import type { Request } from '../trace/requests.ts';
import { kept, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { bySettings, counting, isShutOut, wholeOf } from './programs.ts';
import type { Effect, Program, Setting } from './programs.ts';
import { repliesOf } from './proxy-replies.ts';
import type { Reply } from './proxy-replies.ts';
import type { Match, Need } from './rule.ts';
import { useOf } from './service-hosts.ts';

export interface Visit {
  asked: TraceEvent<'user.request'>;
  answered: TraceEvent<'user.answered'>;
  /** What the connector asked the application; undefined when the request never came that far. */
  backend: Request | undefined;
  /** The rest of what the connector did for it: the way of the answer to the service. */
  others: readonly Request[];
}

export const visitsOf = kept((view): readonly Visit[] => {
  const answers = view.ofType('user.answered');
  return view.ofType('user.request').flatMap((asked) => {
    const { client, url } = asked.data;
    const answered = answers.find(({ seq, data }) => seq > asked.seq && data.client === client);
    if (!answered) return [];
    const own = requestsOf(view).filter(
      ({ client: by, started }) => by === client && started.seq > asked.seq && started.seq < answered.seq,
    );
    const backend = own.find((request) => request.url === url);
    return [{ asked, answered, backend, others: own.filter((request) => request !== backend) }];
  });
});

/** The page that stood in the application's place, in words. */
export const pageOf = ({ answered: { data } }: Visit): string =>
  data.page === null ? `status ${data.status ?? 'none'}` : pages[data.page];

const pages: Readonly<Record<NonNullable<TraceEvent<'user.answered'>['data']['page']>, string>> = {
  'gateway-timeout': 'Gateway timeout',
  'bad-gateway': 'Bad gateway',
  forbidden: 'Forbidden',
  timeout: 'the timeout page',
  'internal-server-error': 'Internal server error',
};

/** What a failed request of a user shows, and what follows from its cause. */
export interface VisitEffect extends Omit<Effect, 'requests' | 'match'> {
  backend: Request;
  match?: Partial<Match>;
}

/** A visit that came as far as the application. */
export type Asked = Visit & { backend: Request };

/** Needs and matches of a rule whose cause is a setting that the way to applications goes by. */
export const byVisits = (
  says: string,
  effectOf: (visit: Asked, program: Program, view: View) => VisitEffect | undefined,
): { needs: readonly Need[]; find: (view: View) => Match[] } =>
  bySettings(says, (program, view) =>
    visitsIn(view, program).flatMap((visit) => {
      const effect = effectOf(visit, program, view);
      if (!effect) return [];
      const { backend, also = [], match, ...rest } = effect;
      const { asked, answered, others } = visit;
      const told = seqs(asked, answered);
      return [
        {
          ...rest,
          requests: [backend],
          also: [...also, ...told],
          about: `${program.client} ${backend.target.host}`,
          match: {
            explains: [...told, ...[backend, ...others].flatMap((request) => wholeOf(view, request))],
            ...(visit.backend.attempts.every(({ proxy }) => proxy === null) ? refused(visit.backend) : {}),
            ...match,
          },
        },
      ];
    }),
  );

const visitsIn = (view: View, { client, started, until }: Program): Asked[] =>
  visitsOf(view).flatMap((visit) => {
    const { asked, backend } = visit;
    const own = asked.data.client === client && asked.seq > started.seq && asked.seq < until;
    return own && backend ? [{ ...visit, backend }] : [];
  });

export const backendFlag = 'UseDefaultProxyForBackendRequests';

/** The registry key, under both names of the product. */
export const backendKey =
  'HKEY_LOCAL_MACHINE\\Software\\Microsoft\\Microsoft Azure AD App Proxy Connector (newer builds: …\\Microsoft Entra ' +
  'private network connector)';

/** Every value of the flag that the machine has, whether it counts or not. */
export const flagsOf = ({ settings }: Program): Setting[] => settings.filter(({ data }) => data.name === backendFlag);

/** The flag, where it is what it has to be: the DWORD 1. */
export const flagOn = (program: Program): Setting | undefined =>
  counting(program, backendFlag).find(({ data }) => data.value === '1' && data.note === 'a DWORD');

/** The proxies that WinHTTP would use, the machine's own first. */
export const machineProxies = (program: Program): Setting[] => [
  ...counting(program, 'winhttp.Proxy', 'netsh'),
  ...counting(program, 'ProxyServer'),
  ...counting(program, 'AutoConfigURL'),
];

/** The connector went to the application without a proxy, and got nowhere, then as ever. */
export const wentDirectInVain = (backend: Request, { requests }: Program): boolean =>
  isShutOut(backend) &&
  !requests.some(
    ({ ok, target, attempts }) =>
      ok && target.host === backend.target.host && attempts.every(({ proxy }) => proxy === null),
  );

/** A refusal may be the application's own: then it is down, whatever the settings say. */
const refused = ({ attempts }: Request): Partial<Match> =>
  attempts.some(({ failure }) => failure === 'tcp.refused')
    ? { confidence: 'likely', alternatives: [applicationDown] }
    : {};

export const applicationDown: Alternative = {
  id: 'be-gateway-timeout-vs-bad-gateway',
  tellApart: 'The RST is the application’s own: nothing listens there, from the next machine neither.',
};

/** What a proxy answered to a request, if it was a refusal. */
export const refusalOf = (view: View, request: Request): Reply | undefined =>
  repliesOf(view).findLast(({ owner, status }) => owner?.request === request && status >= 400);

/** Requests of a program to the service that went well. */
export const cloudRequests = ({ requests }: Program): Request[] =>
  requests.filter(({ target }) => useOf(target.host, target.port) === 'service');
