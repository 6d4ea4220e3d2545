import type { Helper } from '../helper.ts';
import { alert } from './alert.ts';
import { convertAddr } from './convert-addr.ts';
import { dateRange } from './date-range.ts';
import { dnsDomainIs } from './dns-domain-is.ts';
import { dnsDomainLevels } from './dns-domain-levels.ts';
import { dnsResolveEx } from './dns-resolve-ex.ts';
import { dnsResolve } from './dns-resolve.ts';
import { getClientVersion } from './get-client-version.ts';
import { isInNetEx } from './is-in-net-ex.ts';
import { isInNet } from './is-in-net.ts';
import { isPlainHostName } from './is-plain-host-name.ts';
import { isResolvableEx } from './is-resolvable-ex.ts';
import { isResolvable } from './is-resolvable.ts';
import { isValidIpAddress } from './is-valid-ip-address.ts';
import { localHostOrDomainIs } from './local-host-or-domain-is.ts';
import { months } from './months.ts';
import { myIpAddressEx } from './my-ip-address-ex.ts';
import { myIpAddress } from './my-ip-address.ts';
import { shExpMatch } from './sh-exp-match.ts';
import { sortIpAddressList } from './sort-ip-address-list.ts';
import { timeRange } from './time-range.ts';
import { wdays } from './wdays.ts';
import { weekdayRange } from './weekday-range.ts';

/** Every helper any client knows. */
export const helpers: readonly Helper[] = [
  alert,
  convertAddr,
  dateRange,
  dnsDomainIs,
  dnsDomainLevels,
  dnsResolve,
  dnsResolveEx,
  getClientVersion,
  isInNet,
  isInNetEx,
  isPlainHostName,
  isResolvable,
  isResolvableEx,
  isValidIpAddress,
  localHostOrDomainIs,
  months,
  myIpAddress,
  myIpAddressEx,
  shExpMatch,
  sortIpAddressList,
  timeRange,
  wdays,
  weekdayRange,
];
