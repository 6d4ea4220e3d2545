import type { Profile } from '../profile.ts';
import { winhttp } from './winhttp.ts';

/**
 * System.Net of .NET Framework 4.x: WinHTTP runs the script, System.Net reads the answer. An unusable script counts as
 * completed without a proxy, so every request goes DIRECT; an exhausted list is followed by the static proxy or DIRECT.
 */
export const dotnetFramework: Profile = {
  ...winhttp,
  name: 'dotnet-framework',
  summary: 'System.Net default proxy of .NET Framework, evaluating through WinHTTP.',
  observed: '.NET Framework reference source (_AutoWebProxyScriptEngine, WinHttpWebProxyFinder). Not run.',
  bypass: ['localhost', 'loopback-name', 'loopback-ipv4', 'loopback-ipv6'],
  list: 'dotnet-framework',
  failure: { scriptError: 'direct', nonString: 'error', nonAscii: 'accepted', mandatoryError: null },
  fetch: {
    ...winhttp.fetch,
    // One minute for each of WinHTTP's four timeouts, whose sum is what counts (WinHttpWebProxyFinder).
    timeout: 240_000,
    // The session that System.Net opens at WinHTTP has no agent name (WinHttpWebProxyFinder).
    headers: ['Connection: Keep-Alive', 'Accept: */*'],
    refresh: {
      afterSuccess: null,
      afterFailure: [600_000],
      onTimer: 0,
      // GetProxies tries again within the request once the interval is over (WinHttpWebProxyFinder).
      directWhileRetrying: false,
      afterNetworkChange: 0,
    },
  },
  failover: {
    order: 'list',
    memory: 0,
    badProxies: 'not-remembered',
    recorded: 'never',
    tail: 'static-or-direct',
    triggers: ['dns.nxdomain', 'dns.timeout', 'dns.servfail', 'tcp.refused', 'tcp.timeout', 'tcp.unreachable'],
    afterDirect: true,
    connectTimeout: null,
  },
  open: {
    ...winhttp.open,
    list: 'System.Net writes http:// before every entry; what WinHTTP hands it for HTTPS and SOCKS entries is not established.',
  },
};
