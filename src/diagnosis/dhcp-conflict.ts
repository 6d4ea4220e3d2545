/** Two answers to one question for option 252 that do not agree. */
import type { TraceEvent } from '../trace/events.ts';
import { seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import type { Match } from './rule.ts';
import { accepted, decidedBy, dhcpSearchesOf } from './wpad.ts';
import type { DhcpSearch } from './wpad.ts';

type Answer = TraceEvent<'dhcp.answer'>;

export interface Conflict {
  search: DhcpSearch;
  /** The answer that counted, and one that says something else. */
  won: Answer;
  lost: Answer;
}

/** `between` says which pairs are compared. */
export const conflictsOf = (view: View, between: (won: Answer, lost: Answer) => boolean): Conflict[] =>
  dhcpSearchesOf(view).flatMap((search) => {
    const won = search.answers.find(({ data }) => data.option252 !== null);
    const lost =
      won && search.answers.find((answer) => answer.data.option252 !== won.data.option252 && between(won, answer));
    return won && lost ? [{ search, won, lost }] : [];
  });

/** The evidence of a conflict, and what the answer that won led to. */
export function conflictMatch(
  view: View,
  { search, won, lost }: Conflict,
  say: (answer: Answer) => string,
): Pick<Match, 'about' | 'why' | 'evidence' | 'explains'> {
  const { client, answers, finished, downloads } = search;
  const requests = decidedBy(view, search);
  const request = requests.find(({ ok }) => !ok) ?? requests[0];
  const took =
    accepted(search) && request ? `; it sent ${request.url} to ${request.routes?.data.routes.join('; ')}` : '';
  const says = ({ data }: Answer): string => data.option252 ?? 'no option 252';
  return {
    about: client,
    why: `${client} heard ${says(won)} ${say(won)} and ${says(lost)} ${say(lost)}, and took the former${took}.`,
    evidence: seqs(answers, finished, downloads, request?.routes, request?.finished),
    explains: requests.filter(({ ok }) => !ok).flatMap(({ events }) => seqs(events)),
  };
}
