/** Where hosts and proxies of a scenario stand: a given address, or the one that the zone has for their name. */
import { isAddress, splitHostPort } from '../net/address.ts';
import type { LabSpec } from './schema.ts';

/** The first A record of a name, CNAMEs followed; undefined when the zone has none. */
export function zoneAddress(lab: LabSpec, name: string): string | undefined {
  const records = new Map(Object.entries(lab.dns.records).map(([key, set]) => [canonical(key), set]));
  let wanted = canonical(name);
  for (let hops = 0; hops < 8; hops += 1) {
    const set = records.get(wanted) ?? wildcard(records, wanted);
    const address = [set?.A ?? []].flat()[0];
    if (address !== undefined) return address;
    const next = [set?.CNAME ?? []].flat()[0];
    if (next === undefined) return undefined;
    wanted = canonical(next);
  }
  return undefined;
}

/** `listen: proxy.corp.example:8080` → its address and port, or undefined when the name has no address. */
export function listenAddress(lab: LabSpec, listen: string): { ip: string; port: number } | undefined {
  const { host = '', port = 8080 } = splitHostPort(listen) ?? {};
  const ip = isAddress(host) ? host : zoneAddress(lab, host);
  return ip === undefined ? undefined : { ip, port };
}

const canonical = (name: string): string => name.toLowerCase().replace(/\.$/, '');

function wildcard<T>(records: ReadonlyMap<string, T>, name: string): T | undefined {
  for (let rest = name; rest.includes('.');) {
    rest = rest.slice(rest.indexOf('.') + 1);
    const found = records.get(`*.${rest}`);
    if (found) return found;
  }
  return undefined;
}
