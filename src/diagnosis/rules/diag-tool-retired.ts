import type { TraceEvent } from '../../trace/events.ts';
import { seqs } from '../../trace/view.ts';
import { directFilter, looksIn, proxyFilter } from '../captures.ts';
import { rule } from '../rule.ts';
import type { Match } from '../rule.ts';

const retired = /Message Analyzer|Network Monitor|NetMon/i;

/** Why a capture is known to be of a tool that is gone; undefined for any other. */
function markOf({ data: { tool, displayFilter } }: TraceEvent<'capture.read'>): Match | undefined {
  const evidence: number[] = [];
  if (displayFilter?.syntax === 'message-analyzer')
    return {
      confidence: 'certain',
      why: `\`${displayFilter.text}\` is a filter of Message Analyzer. Wireshark does not understand it.`,
      fix:
        `Open the capture in Wireshark and type \`${displayFilter.wireshark ?? directFilter}\` in its place. ` +
        'Message Analyzer can no longer be had from Microsoft.',
      evidence,
    };
  if (tool !== null && retired.test(tool))
    return { confidence: 'certain', why: `The capture was written by ${tool}.`, evidence };
  return undefined;
}

export const diagToolRetired = rule({
  id: 'diag-tool-retired',
  title: 'The capture or its filter is of Message Analyzer, which is gone',
  severity: 'info',
  summary:
    'Microsoft retired Message Analyzer on 25 November 2019 and took its downloads away; there is no successor. The guide’s ' +
    'filters are in its language, which no other tool speaks.',
  confirm:
    'Wireshark opens .cap files (File → Open). Filter `tcp.analysis.retransmission && tcp.flags.syn==1` (Message Analyzer: ' +
    '`property.TCPSynRetransmit`) and `http.request || http.response` (Message Analyzer: `https.Request or https.Response`).',
  fix:
    `Use Wireshark. For connections past the proxy type \`${directFilter}\`; for the proxy \`${proxyFilter(8080)}\`, with the ` +
    'port of yours. Files of Message Analyzer’s own format (.matp) have to be saved as .cap where it is still installed.',
  refutedIf: 'Everybody who has to look at the capture has the tool.',
  alternatives: [],
  needs: [
    {
      says: 'a capture or a filter of Message Analyzer or Network Monitor',
      seen: (view) => looksIn(view).filter((look) => markOf(look) !== undefined),
    },
  ],
  find: (view) =>
    looksIn(view).flatMap((look) => {
      const match = markOf(look);
      return match ? [{ ...match, about: look.file ?? '', evidence: seqs(look) }] : [];
    }),
});
