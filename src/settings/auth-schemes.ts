/** Which authentication schemes the machine leaves alone: `DisableProxyAuthenticationSchemes` (Microsoft Learn). */
import type { ClientSettings, Reason } from './layers.ts';
import { because } from './reason.ts';

const bits = { basic: 1, digest: 2, ntlm: 4, kerberos: 8, negotiate: 16 } as const;

export type SwitchableScheme = keyof typeof bits;

export const switchedOff = ({
  disableProxyAuthenticationSchemes: mask,
}: ClientSettings['policy']): SwitchableScheme[] =>
  (Object.keys(bits) as SwitchableScheme[]).filter((scheme) => ((mask?.value ?? 0) & bits[scheme]) !== 0);

export const switchedOffReasons = ({ policy }: ClientSettings): Reason[] =>
  because('policy', 'DisableProxyAuthenticationSchemes', policy.disableProxyAuthenticationSchemes, {
    note: `WinHTTP does not answer ${switchedOff(policy).join(', ') || 'none'}`,
    mark: 'documented',
  });
