/** Names and addresses as DNS compares and writes them. */
import { canonicalV6 } from '../net/address.ts';

/** Lower case, without the trailing dot: two names are the same when these are (RFC 1035 section 2.3.3). */
export const canonicalName = (name: string): string => (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase();

/** Whether `name` lies at or below `ancestor`; both canonical. The root (`''`) is everybody's ancestor. */
export const isWithin = (name: string, ancestor: string): boolean =>
  ancestor === '' || name === ancestor || name.endsWith(`.${ancestor}`);

/** The name without its first label; the root's parent is the root. */
export const parentName = (name: string): string => {
  const dot = name.indexOf('.');
  return dot < 0 ? '' : name.slice(dot + 1);
};

/** The eight groups of an IPv6 address, four hex digits each. */
export function groupsOfV6(address: string): string[] {
  const [head = '', tail = ''] = canonicalV6(address).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const missing = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...missing, ...after].map((group) => group.padStart(4, '0'));
}

/** The address that a reverse name asks for (`5.0.20.10.in-addr.arpa` → `10.20.0.5`); undefined when it is none. */
export function addressOfReverse(name: string): string | undefined {
  const labels = canonicalName(name).split('.');
  if (labels.pop() !== 'arpa') return undefined;
  const family = labels.pop();
  if (family === 'in-addr' && labels.length === 4 && labels.every((label) => /^\d{1,3}$/.test(label))) {
    return labels.toReversed().join('.');
  }
  if (family === 'ip6' && labels.length === 32 && labels.every((label) => /^[0-9a-f]$/.test(label))) {
    return canonicalV6((labels.toReversed().join('').match(/.{4}/g) ?? []).join(':'));
  }
  return undefined;
}
