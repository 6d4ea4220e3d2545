/** What is wrong with a value of DHCP option 252, seen from the value alone. */
import { seqs } from '../trace/view.ts';
import type { View } from '../trace/view.ts';
import { scriptFault } from './fail-open.ts';
import type { Match } from './rule.ts';
import { dhcpSearchesOf, fellAfter } from './wpad.ts';
import type { DhcpSearch } from './wpad.ts';

export type ValueFault = 'none-meant' | 'malformed' | 'scheme';

/** Null when there is no value, or a value that clients fetch. Clients take a NUL at the end off. */
export function faultOf(value: string | null): ValueFault | null {
  const text = value?.replace(/\0+$/, '') ?? null;
  if (text === null) return null;
  if (text === '' || /^urn:wpadng:none$/i.test(text)) return 'none-meant';
  if (/[\0-\x20]/.test(text) || !URL.canParse(text)) return 'malformed';
  return /^https?:/i.test(text) ? null : 'scheme';
}

export const searchesWith = (view: View, fault: ValueFault): readonly DhcpSearch[] =>
  dhcpSearchesOf(view).filter(({ value }) => faultOf(value) === fault);

/** The option led nowhere: what the client was told, and what came of it. */
export function leadsNowhere(view: View, search: DhcpSearch, says: string): Match {
  const { client, started, answers, finished, value } = search;
  const { then, ...fault } = scriptFault(view, seqs(started, answers, finished), fellAfter(view, search));
  return {
    ...fault,
    about: value ?? 'option 252',
    confidence: 'certain',
    why: `Option 252 is ${JSON.stringify(value)}, ${says}; ${client} fetched nothing${then}.`,
  };
}
