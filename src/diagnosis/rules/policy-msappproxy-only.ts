import { suffixDenied } from '../suffix-denied.ts';

export const policyMsappproxyOnly = suffixDenied({
  id: 'policy-msappproxy-only',
  missing: '*.servicebus.windows.net',
  effect:
    'Registration and configuration work, signalling over HTTPS does not: the connector looks installed, and users get ' +
    'a gateway timeout.',
});
