import type { Alternative } from '../../finding.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { seqs } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { clientOf, effectsOf, schemesOf, storyOf, unanswered } from '../challenges.ts';
import { connectFilter } from '../filters.ts';
import { events } from '../proxy-replies.ts';
import type { Reply } from '../proxy-replies.ts';
import { rule } from '../rule.ts';
import { silencesFor } from '../silences.ts';

/** Microsoft Learn: how to disable HTTP proxy authentication features. */
const bits: Readonly<Record<string, number>> = { basic: 1, digest: 2, ntlm: 4, kerberos: 8, negotiate: 16 };

/** The mask, where it takes away all that the proxy offers. */
function maskFor(view: View, reply: Reply): TraceEvent<'client.setting'> | undefined {
  const setting = view
    .ofType('client.setting')
    .findLast(({ data }) => data.client === clientOf(reply) && data.name === 'DisableProxyAuthenticationSchemes');
  const mask = Number(setting?.data.value ?? 0);
  return schemesOf(reply).every((scheme) => (mask & (bits[scheme.toLowerCase()] ?? ~0)) !== 0) ? setting : undefined;
}

const disabled = (view: View): Reply[] => unanswered(view).filter((reply) => maskFor(view, reply));

const stillSilent: Alternative = {
  id: 'auth-407-connect',
  tellApart: 'Another machine, without the mask, says nothing to this challenge either: nobody has credentials for it.',
};

export const authSchemeDisabledOs = rule({
  id: 'auth-scheme-disabled-os',
  title: 'Windows is told not to use what the proxy offers',
  severity: 'error',
  summary:
    'DisableProxyAuthenticationSchemes takes schemes away from WinHTTP (Windows 11, Server 2022 and later). All that this proxy ' +
    'offers is among them: challenges go unanswered, whoever the caller is.',
  confirm:
    `Filter ${connectFilter(407)} and read \`reg query "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings" /v ` +
    'DisableProxyAuthenticationSchemes`: Basic 0x1, Digest 0x2, NTLM 0x4, Kerberos 0x8, Negotiate 0x10.',
  fix:
    'Let the proxy offer a scheme that is not disabled, such as Negotiate, or let the machine pass without authentication. The ' +
    'mask is a hardening measure: lifting it is the last resort.',
  refutedIf: 'The client answers a challenge with one of these schemes.',
  alternatives: [stillSilent],
  needs: [{ says: 'a 407 that offers disabled schemes only', seen: (view) => events(disabled(view)) }],
  find: (view) =>
    disabled(view).map((reply) => {
      const setting = maskFor(view, reply);
      return {
        about: reply.proxy,
        confidence: 'certain',
        why:
          `${reply.proxy} offers ${schemesOf(reply).join(' and ')} for ${reply.host}:${reply.port}; ` +
          `DisableProxyAuthenticationSchemes is ${setting?.data.value ?? ''} on this machine.`,
        evidence: [...seqs(setting), ...storyOf(reply)],
        explains: effectsOf(reply),
        alternatives: [stillSilent, ...silencesFor(reply).filter(({ id }) => id === 'auth-407-body-rendered')],
      };
    }),
});
