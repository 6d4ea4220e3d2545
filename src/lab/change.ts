/** Carries out a `change` step on a running lab. */
import type { DnsRecords, DnsRules } from '../dns/index.ts';
import type { Resource } from '../http/spec.ts';
import type { FirewallSpec } from '../net/firewall.ts';
import type { Rule } from '../rules.ts';
import type { Change } from '../scenario/changes.ts';
import type { Lab } from './lab.ts';

type Parts = Pick<Lab, 'firewall' | 'dns' | 'hosts' | 'proxies'>;

/** One rule that always matches: what `behaviour: X` is short for. */
const always = <B>(then: unknown): Rule<B>[] => [{ then: then as B }];

// The schema of `scenario/changes.ts` has checked the value against the path; hence the casts.
export function changeLab(
  { what, name, at, value }: Change & { value: unknown },
  { firewall, dns, hosts, proxies }: Parts,
): void {
  switch (what) {
    case 'proxy-behaviour':
      return proxies.get(name)?.change(always(value));
    case 'proxy-rules':
      return proxies.get(name)?.change(value as never);
    case 'host-behaviour':
      return hosts.change(name, always(value));
    case 'host-rules':
      return hosts.change(name, value as never);
    case 'host-resource':
      return at && hosts.place(name, at, value as Resource | null);
    case 'dns-record':
      return dns.setRecords({ [name]: value } as DnsRecords);
    case 'dns-behaviour':
      return dns.change(always(value));
    case 'dns-rules':
      return dns.change(value as DnsRules);
    case 'firewall-rules':
      return firewall.change({ rules: value } as FirewallSpec);
  }
}
