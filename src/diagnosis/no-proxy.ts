/**
 * Entries of NO_PROXY that mean a destination and are not heeded. No standard says what an entry is: curl, Go, .NET and
 * Node's proxy-from-env read names with and without a dot, stars, ports and blocks of addresses each in its own way.
 */
import { inRange, isRange } from '../range.ts';
import type { TraceEvent } from '../trace/events.ts';
import { requestsOf } from '../trace/requests.ts';
import type { Request } from '../trace/requests.ts';
import { kept, seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { sentBy } from './evaluations.ts';
import { exceptions, followed } from './environment.ts';
import type { Match, Need } from './rule.ts';

type Form = 'dot' | 'star' | 'port' | 'block';

interface Unheeded {
  form: Form;
  entry: string;
  request: Request;
  setting: TraceEvent<'client.setting'>;
  proxy: TraceEvent<'client.setting'>;
  /** Somebody with the same entry who went past the proxy. */
  other: Request | undefined;
}

const unheeded = kept((view): readonly Unheeded[] =>
  requestsOf(view).flatMap((request) => {
    const proxy = followed(view, request);
    if (!proxy) return [];
    return exceptions(view, request.client).flatMap((setting) =>
      entriesIn(setting).flatMap((entry) => {
        const form = formOf(entry, request, view);
        return form ? [{ form, entry, request, setting, proxy, other: whoHeeds(view, entry, request) }] : [];
      }),
    );
  }),
);

const entriesIn = ({ data }: TraceEvent<'client.setting'>): string[] =>
  data.value
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');

/** What the entry looks like, when it means this destination. */
function formOf(entry: string, { target }: Request, view: View): Form | undefined {
  const host = target.host.toLowerCase().replace(/\.$/, '');
  const below = (name: string): boolean => host === name || host.endsWith(`.${name}`);
  if (isRange(entry)) return addressesOf(view, host).some((one) => inRange(entry, one)) ? 'block' : undefined;
  if (entry.startsWith('*')) return entry === '*' || below(entry.replace(/^\*\.?/, '')) ? 'star' : undefined;
  const [, name, port] = /^(.+):(\d+)$/.exec(entry) ?? [];
  if (name !== undefined) return Number(port) === target.port && below(name.replace(/^\./, '')) ? 'port' : undefined;
  return below(entry.replace(/^\./, '')) ? 'dot' : undefined;
}

/** The address in the URL, or those that anybody's lookup brought for the name. */
const addressesOf = (view: View, host: string): string[] => [
  host,
  ...view
    .ofType('dns.answer')
    .filter(({ data }) => data.name.toLowerCase() === host)
    .flatMap(({ data }) => data.answers),
];

const whoHeeds = (view: View, entry: string, { client, target }: Request): Request | undefined =>
  requestsOf(view).find(
    (one) =>
      one.client !== client &&
      one.target.host === target.host &&
      one.attempts[0]?.route === 'DIRECT' &&
      exceptions(view, one.client).some((setting) => entriesIn(setting).includes(entry)),
  );

/** Need and matches of the rule about one form. */
export function unheededIn(form: Form, so: string): { needs: readonly Need[]; find: (view: View) => Match[] } {
  const of = (view: View): Unheeded[] => unheeded(view).filter((one) => one.form === form);
  return {
    needs: [
      {
        says: 'an entry of NO_PROXY that means a destination which went to the proxy all the same',
        seen: (view) => of(view).map(({ setting }) => setting),
      },
    ],
    find: (view) =>
      of(view).map(({ entry, request, setting, proxy, other }) => ({
        about: `${request.client} ${entry}`,
        severity: request.ok ? 'warning' : 'error',
        confidence: other ? 'certain' : 'likely',
        why:
          `${setting.data.name} of ${request.client} has "${entry}", and ${request.url} went by ${request.attempts[0]?.route ?? ''} ` +
          `of ${proxy.data.name}: ${so}${other ? `; ${other.client} heeds the same entry` : ''}.`,
        evidence: seqs(
          setting,
          proxy,
          request.routes,
          request.attempts[0]?.finished,
          request.finished,
          other && [other.routes, other.finished],
        ),
        explains: sentBy(request),
      })),
  };
}
