import { suffixDenied } from '../suffix-denied.ts';

export const policyServicebusOnly = suffixDenied({
  id: 'policy-servicebus-only',
  missing: '*.msappproxy.net',
  effect: 'Registration, or the download of the configuration, fails before signalling begins.',
});
