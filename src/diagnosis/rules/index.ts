import type { Rule } from '../rule.ts';
import { auth407Connect } from './auth-407-connect.ts';
import { cfgProxyaddressHostNoScheme } from './cfg-proxyaddress-host-no-scheme.ts';
import { direct443SynBlackhole } from './direct-443-syn-blackhole.ts';
import { failoverFirstRefused } from './failover-first-refused.ts';
import { pacFetchNeedsProxy } from './pac-fetch-needs-proxy.ts';
import { pacHttp401 } from './pac-http-401.ts';
import { pacHttp404 } from './pac-http-404.ts';
import { pacHttpBlackhole } from './pac-http-blackhole.ts';
import { pacHttpRefused } from './pac-http-refused.ts';
import { pacHttpSlowDrip } from './pac-http-slow-drip.ts';
import { pacHttpsUntrusted } from './pac-https-untrusted.ts';
import { pacSyntaxError } from './pac-syntax-error.ts';
import { pacRuntimeThrow } from './pac-runtime-throw.ts';
import { pacNoEntrypoint } from './pac-no-entrypoint.ts';
import { pacExOnlyEntrypoint } from './pac-ex-only-entrypoint.ts';
import { pacMissingDefaultReturn } from './pac-missing-default-return.ts';
import { pacNonStringReturn } from './pac-non-string-return.ts';
import { pacEmptyStringReturn } from './pac-empty-string-return.ts';
import { pacUnknownDirective } from './pac-unknown-directive.ts';
import { pacSeparatorMistake } from './pac-separator-mistake.ts';
import { pacInfiniteLoop } from './pac-infinite-loop.ts';
import { pacCpuHeavy } from './pac-cpu-heavy.ts';
import { pacEngineExploit } from './pac-engine-exploit.ts';
import { pacUrlFileScheme } from './pac-url-file-scheme.ts';
import { pacWrongPort } from './pac-wrong-port.ts';
import { policy403Fqdn } from './policy-403-fqdn.ts';
import { policy502Deny } from './policy-502-deny.ts';
import { policyMsappproxyOnly } from './policy-msappproxy-only.ts';
import { policyServicebusOnly } from './policy-servicebus-only.ts';
import { policyRegistrationHostsMissing } from './policy-registration-hosts-missing.ts';
import { policyHostsNeededAfterRegistration } from './policy-hosts-needed-after-registration.ts';
import { policyConnect443Denied } from './policy-connect-443-denied.ts';
import { policyNonstandardPort } from './policy-nonstandard-port.ts';
import { policyWildcardDepth } from './policy-wildcard-depth.ts';
import { policyIpLiteralConnect } from './policy-ip-literal-connect.ts';
import { policyConnect80Denied } from './policy-connect-80-denied.ts';
import { sbTcpRstFastFallback } from './sb-tcp-rst-fast-fallback.ts';
import { tlsClientCertLost } from './tls-client-cert-lost.ts';
import { tlsUntrustedCa } from './tls-untrusted-ca.ts';
import { wpadDnsNxdomain } from './wpad-dns-nxdomain.ts';

/** Every rule. The order does not count: findings are sorted by what to fix first. */
export const rules: readonly Rule[] = [
  cfgProxyaddressHostNoScheme,
  wpadDnsNxdomain,
  pacHttp404,
  pacSyntaxError,
  pacRuntimeThrow,
  pacNoEntrypoint,
  pacExOnlyEntrypoint,
  pacMissingDefaultReturn,
  pacNonStringReturn,
  pacEmptyStringReturn,
  pacUnknownDirective,
  pacSeparatorMistake,
  pacInfiniteLoop,
  pacCpuHeavy,
  pacEngineExploit,
  failoverFirstRefused,
  direct443SynBlackhole,
  auth407Connect,
  policy403Fqdn,
  policy502Deny,
  policyConnect80Denied,
  policyMsappproxyOnly,
  policyServicebusOnly,
  policyRegistrationHostsMissing,
  policyHostsNeededAfterRegistration,
  policyConnect443Denied,
  policyNonstandardPort,
  policyWildcardDepth,
  policyIpLiteralConnect,
  tlsClientCertLost,
  tlsUntrustedCa,
  sbTcpRstFastFallback,
  pacHttpRefused,
  pacHttpBlackhole,
  pacFetchNeedsProxy,
  pacWrongPort,
  pacHttpsUntrusted,
  pacUrlFileScheme,
  pacHttpSlowDrip,
  pacHttp401,
];
