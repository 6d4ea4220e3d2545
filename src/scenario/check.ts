/** What a schema cannot see: names that refer to nothing, hosts without an address, a scenario that asserts nothing. */
import type { Problem } from '../failure.ts';
import { verbOf } from '../step/spec.ts';
import { listenAddress, zoneAddress } from './addresses.ts';
import { changeExamples, changeSchema } from './changes.ts';
import type { ScenarioRow } from './read.ts';
import type { ScenarioModel } from './schema.ts';
import { suggest } from './suggest.ts';

type Row = ScenarioRow<ScenarioModel>;

interface Known {
  diagnoses: readonly string[];
  mayExpectNothing?: boolean;
}

export function checkScenario(row: Row, known: Known): Problem[] {
  return [...checkAddresses(row), ...checkSteps(row), ...checkExpectations(row, known)];
}

function checkAddresses({ value, problem }: Row): Problem[] {
  const { hosts, proxies } = value.lab;
  const homeless = Object.entries(hosts)
    .filter(([name, spec]) => spec.address === undefined && zoneAddress(value.lab, name) === undefined)
    .map(([name]) =>
      problem(['lab', 'hosts', name], `the host '${name}' has no address`, {
        hint: `give it an A record in lab.dns.records, or an address of its own`,
        at: 'key',
      }),
    );
  const unheard = Object.entries(proxies)
    .filter(([, { listen }]) => !listenAddress(value.lab, listen))
    .map(([name, { listen }]) =>
      problem(['lab', 'proxies', name, 'listen'], `'${listen}' has no address`, {
        hint: 'give the name an A record in lab.dns.records, or listen on an address',
      }),
    );
  return [...homeless, ...unheard];
}

function checkSteps({ value, problem }: Row): Problem[] {
  const clients = Object.keys(value.clients);
  return value.steps.flatMap((parsed, index) => {
    const { step, options } = verbOf(parsed);
    const missing = (step.clients?.(options) ?? []).filter((name) => !clients.includes(name));
    const path = typeof options === 'string' ? [step.verb] : [step.verb, 'client'];
    const unknown = missing.map((name) =>
      problem(['steps', index, ...path], `there is no client '${name}'`, { hint: suggest(name, clients) }),
    );
    const idle = (step.publishes ? (step.clients?.(options) ?? []) : []).filter(
      (name) => value.clients[name]?.program?.kind !== 'connector' && !missing.includes(name),
    );
    const unable = idle.map((name) =>
      problem(['steps', index, ...path], `'${name}' publishes nothing`, { hint: 'give it `program: connector`' }),
    );
    return step.verb === 'change'
      ? [...unknown, ...checkChanges(options as Record<string, unknown>, index, { value, problem })]
      : [...unknown, ...unable];
  });
}

function checkChanges(
  changes: Record<string, unknown>,
  index: number,
  { value, problem }: Pick<Row, 'value' | 'problem'>,
): Problem[] {
  return Object.entries(changes).flatMap(([path, wanted]) => {
    const at = ['steps', index, 'change', path];
    const found = changeSchema(path);
    if (!found)
      return [
        problem(at, `'${path}' names nothing that can change`, {
          hint: `such as ${changeExamples.join(', ')}`,
          at: 'key',
        }),
      ];
    const { what, name } = found.change;
    const known = what.startsWith('proxy')
      ? Object.keys(value.lab.proxies)
      : what.startsWith('host')
        ? Object.keys(value.lab.hosts)
        : undefined;
    if (known && !known.includes(name))
      return [problem(at, `there is no '${name}' in the lab`, { hint: suggest(name, known), at: 'key' })];
    const parsed = found.schema.safeParse(wanted);
    return parsed.success ? [] : parsed.error.issues.map((issue) => problem([...at, ...issue.path], issue.message));
  });
}

function checkExpectations({ value, problem }: Row, { diagnoses, mayExpectNothing }: Known): Problem[] {
  const asserts = value.expect !== undefined || value.steps.some((step) => step['expect'] !== undefined);
  if (!asserts && !mayExpectNothing)
    return [problem([], 'this scenario expects nothing', { hint: 'say what shall happen in `expect:`' })];
  return ([value.expect?.['diagnosis'] ?? []].flat() as (string | { id: string })[]).flatMap((wanted) => {
    const id = typeof wanted === 'string' ? wanted : wanted.id;
    if (id === 'none' || diagnoses.includes(id)) return [];
    return [problem(['expect', 'diagnosis'], `there is no diagnosis '${id}'`, { hint: suggest(id, diagnoses) })];
  });
}
