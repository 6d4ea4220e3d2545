import { rule } from '../rule.ts';
import { backendFlag, backendKey, byVisits, flagOn, flagsOf, pageOf, wentDirectInVain } from '../visits.ts';
import { placeOf } from '../programs.ts';
import type { Setting } from '../programs.ts';

/** What is wrong with a value that is there and does nothing. */
const objection = ({ data: { overriddenBy, value, note } }: Setting): string | undefined => {
  if (overriddenBy === 'product') return 'stands under the key of the other product name';
  if (overriddenBy === 'WOW6432Node') return 'stands in the view of 32-bit programs';
  if (overriddenBy !== null) return undefined;
  if (note === 'a DWORD') return `is ${value}, not 1`;
  return note?.startsWith('a string') ? `is the text "${value}", not a DWORD` : `is ${value}, ${note ?? ''}`;
};

export const beFlagWrong = rule({
  id: 'be-flag-wrong',
  title: 'The value that sends backend requests by the proxy is there, and does not count',
  severity: 'error',
  summary:
    `${backendFlag} has to be a DWORD with the value 1, under the key of the product name that is installed. A text, a ` +
    'QWORD, another number, the other key, or the view of 32-bit programs (WOW6432Node) is as good as nothing: the connector ' +
    'goes to applications directly. What exactly the connector makes of another type is our inference.',
  confirm: `\`reg query "HKLM\\Software\\Microsoft\\Microsoft Azure AD App Proxy Connector" /v ${backendFlag}\` (newer builds: Microsoft Entra private network connector) has to show REG_DWORD 0x1. Filter \`tcp.flags.syn==1 && ip.dst==<address of the application>\` (Message Analyzer: \`property.TCPSynRetransmit\`): SYNs to the application itself.`,
  fix: `Under ${backendKey}, the key of the build that runs, make ${backendFlag} a DWORD with the value 1; restart the connector service.`,
  refutedIf: 'The key of the installed build has the DWORD 1.',
  alternatives: [],
  ...byVisits(`a ${backendFlag} that does not count, and a backend not reached directly`, (visit, program) => {
    const wrong = flagsOf(program).filter((flag) => objection(flag) !== undefined);
    const [flag] = wrong;
    if (!flag || flagOn(program) || !wentDirectInVain(visit.backend, program)) return undefined;
    const { host, port } = visit.backend.target;
    return {
      backend: visit.backend,
      settings: wrong,
      why:
        `${backendFlag} (${placeOf(flag)}) ${objection(flag) ?? ''}: ${program.client} dialled ${host}:${port} directly, in ` +
        `vain. The user saw ${pageOf(visit)}.`,
    };
  }),
});
