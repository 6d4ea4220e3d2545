/** What of a running lab may be changed, by its path in the scenario file, and what it is now. */
import type { DnsRules } from '../dns/index.ts';
import { InputError } from '../failure.ts';
import { httpOf } from '../http/spec.ts';
import type { HostSpec, Resource } from '../http/spec.ts';
import type { Lab } from '../lab/lab.ts';
import { changeExamples, changeSchema } from '../scenario/changes.ts';
import type { Change } from '../scenario/changes.ts';
import type { LabSpec } from '../scenario/schema.ts';
import { suggest } from '../scenario/suggest.ts';

export interface Setting {
  /** `proxies.edge.behaviour` */
  path: string;
  /** As in the file, defaults filled in; null when there is none. */
  value: unknown;
  /** Not as in the scenario any more. */
  changed: boolean;
}

export class Settings {
  readonly #lab: Lab;
  readonly #original: ReadonlyMap<string, unknown>;
  readonly #spec: LabSpec;
  readonly #changes = new Map<string, unknown>();

  constructor(lab: Lab, spec: LabSpec) {
    this.#lab = lab;
    this.#spec = spec;
    this.#original = new Map(originals(spec));
  }

  all(): Setting[] {
    const paths = new Set([...this.#original.keys(), ...this.#changes.keys()]);
    return [...paths].map((path) => this.#at(path));
  }

  get(path: string): Setting {
    this.#check(path);
    return this.#at(path);
  }

  set(path: string, value: unknown): Setting {
    const { schema, change } = this.#check(path);
    const parsed = schema.safeParse(value);
    if (!parsed.success)
      throw new InputError(
        parsed.error.issues.map((issue) => ({ message: issue.message, path: [path, ...issue.path].join('.') })),
      );
    this.#lab.change(path, value);
    this.#changes.set(path, parsed.data);
    // One replaces the other; only the `behaviour` of a host stands behind its rules.
    if (change.what === 'host-rules') return this.#at(path);
    const rival = path.endsWith('.behaviour')
      ? path.replace(/behaviour$/, 'rules')
      : path.replace(/rules$/, 'behaviour');
    if (rival !== path && this.#original.has(rival)) this.#changes.set(rival, rival.endsWith('rules') ? [] : null);
    return this.#at(path);
  }

  reset(): void {
    const { dns, firewall, hosts, proxies, trace } = this.#lab;
    const spec = this.#spec;
    for (const [name, proxy] of proxies) {
      const { behaviour, rules } = spec.proxies[name] ?? { rules: [] };
      proxy.change(behaviour === undefined ? rules : [{ then: behaviour }]);
    }
    for (const [name, { rules }] of Object.entries(spec.hosts)) hosts.change(name, rules);
    const { behaviour } = spec.dns;
    dns.change([...spec.dns.rules, ...(behaviour ? [{ then: behaviour }] : [])] as DnsRules);
    firewall.change(spec.firewall);
    for (const path of this.#changes.keys()) this.#restore(path);
    this.#changes.clear();
    trace.pen('lab').write('lab.changed', { path: 'lab', value: 'as in the scenario' });
  }

  #restore(path: string): void {
    const change = changeSchema(path)?.change;
    const original = this.#original.get(path) ?? null;
    if (change?.what === 'dns-record') this.#lab.dns.setRecords({ [change.name]: original as never });
    if (change?.at) this.#lab.hosts.place(change.name, change.at, original as Resource | null);
  }

  #at(path: string): Setting {
    const changed = this.#changes.has(path);
    const value = changed ? this.#changes.get(path) : this.#original.get(path);
    return { path, value: value ?? null, changed };
  }

  /** Throws InputError when a path can name nothing, or nothing of this lab. */
  #check(path: string): NonNullable<ReturnType<typeof changeSchema>> {
    const known = changeSchema(path);
    if (!known) {
      const hint = suggest(path, [...this.#original.keys()]) ?? `such as ${changeExamples.join(', ')}`;
      throw new InputError([{ message: `'${path}' names nothing that can change`, hint }]);
    }
    const names = namesFor(known.change, this.#spec);
    const { name } = known.change;
    if (names && !names.includes(name)) {
      const hint = suggest(name, names) ?? (names.length > 0 ? `there are ${names.join(', ')}` : undefined);
      throw new InputError([{ message: `this lab has no '${name}'`, path, ...(hint === undefined ? {} : { hint }) }]);
    }
    return known;
  }
}

/** Undefined where any name will do. */
function namesFor({ what }: Change, { proxies, hosts }: LabSpec): string[] | undefined {
  if (what.startsWith('proxy-')) return Object.keys(proxies);
  return what.startsWith('host-') ? Object.keys(hosts) : undefined;
}

function* originals({ proxies, hosts, dns, firewall }: LabSpec): Generator<[string, unknown]> {
  for (const [name, { behaviour, rules }] of Object.entries(proxies)) {
    yield [`proxies.${name}.behaviour`, behaviour];
    yield [`proxies.${name}.rules`, rules];
  }
  yield ['dns.behaviour', dns.behaviour];
  yield ['dns.rules', dns.rules];
  yield ['firewall.rules', firewall.rules];
  for (const [name, set] of Object.entries(dns.records)) yield [`dns.records.${name}`, set];
  for (const [name, host] of Object.entries(hosts)) yield* ofHost(name, host);
}

function* ofHost(name: string, host: HostSpec): Generator<[string, unknown]> {
  yield [`hosts.${name}.behaviour`, host.behaviour];
  yield [`hosts.${name}.rules`, host.rules];
  for (const [path, resource] of Object.entries(httpOf(host)?.paths ?? {}))
    yield [`hosts.${name}.http.${path}`, resource];
  for (const [path, resource] of Object.entries(host.https?.paths ?? {}))
    yield [`hosts.${name}.https.${path}`, resource];
}
