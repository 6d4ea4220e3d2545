import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { evaluationsOf } from '../evaluations.ts';
import type { Evaluation } from '../evaluations.ts';
import { scriptLookupsOf } from '../script-lookups.ts';
import type { ScriptLookup } from '../script-lookups.ts';
import { rule } from '../rule.ts';

interface Leak {
  lookup: ScriptLookup;
  /** What the labels say when they are decoded. */
  said: string;
}

export const pacUrlExfil = rule({
  id: 'pac-url-exfil',
  title: 'The script sends the URLs that people visit to somebody’s DNS server',
  severity: 'error',
  summary:
    'A script cannot open connections, but dnsResolve asks any name, and a name can carry a URL. With a rogue wpad.dat ' +
    'that tells a stranger every host, and before clients cut the path every token in it.',
  confirm: '`dns.qry.name.len > 40`: names with long labels of hex or base64 under one unknown domain.',
  fix: 'Take the script from the network, find out who serves it, block the domain; pin the script’s URL or switch WPAD off.',
  refutedIf: 'The labels are made by somebody else than the script.',
  alternatives: [],
  needs: [
    {
      says: 'a name looked up by the script that holds the URL in another writing',
      seen: (view) => evaluationsOf(view).flatMap((one) => leaksOf(view, one).flatMap(({ lookup }) => lookup.call)),
    },
  ],
  find: (view) =>
    evaluationsOf(view).flatMap((evaluation) => {
      const [leak] = leaksOf(view, evaluation);
      if (!leak) return [];
      const { lookup, said } = leak;
      const why = `The script looked up ${lookup.name}, which is "${said}" in hex or base64: the URL that ${evaluation.client} was about to request.`;
      const evidence = seqs(lookup.queries, lookup.resolved, lookup.call);
      // The script's answer may be right: what becomes of the request is another matter.
      const about = evaluation.loaded?.data.sha256 ?? 'the script';
      const shown = seqs(evaluation.loaded, lookup.queries, lookup.resolved, lookup.call, evaluation.answered);
      return [{ about, confidence: 'certain', why, evidence: shown, explains: evidence }];
    }),
});

const leaksOf = (view: View, evaluation: Evaluation): Leak[] =>
  scriptLookupsOf(view, evaluation).flatMap((lookup) => {
    const said = decodingsOf(lookup.name).find((text) => text.includes(evaluation.request.target.host));
    return said === undefined ? [] : [{ lookup, said }];
  });

/** The first labels of a name, joined and decoded; a domain of one to three labels stands behind them. */
function decodingsOf(name: string): string[] {
  const labels = name.split('.');
  return [1, 2, 3].flatMap((domain) => {
    const joined = labels.slice(0, -domain).join('');
    const hex = /^(?:[0-9a-f]{2})+$/i.test(joined) ? [Buffer.from(joined, 'hex').toString('latin1')] : [];
    return [...hex, Buffer.from(joined, 'base64url').toString('latin1')];
  });
}
