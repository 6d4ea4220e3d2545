/** Profile × topic: how many vectors and facts agree, differ, or are disputed; and what no source establishes. */
import { isDeepStrictEqual } from 'node:util';
import { profiles } from '../../src/pac/index.ts';
import { askFact, factProfiles, facts, isAsked } from './facts.ts';
import { askFailover, askVector, vectorProfiles, vectors } from './vectors.ts';

interface Cell {
  agree: number;
  differ: number;
  disputed: number;
}

const topicOf = (factId: string): string => `fact ${factId.replace(/-[^-]*$/, '')}`;
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

/** Counts by topic and profile, of the topics wanted. */
export async function conformance(
  wanted: (topic: string) => boolean = () => true,
): Promise<Map<string, Map<string, Cell>>> {
  const table = new Map<string, Map<string, Cell>>();
  const count = (topic: string, profile: string, same: boolean, disputed: boolean): void => {
    const row = table.get(topic) ?? new Map<string, Cell>();
    table.set(topic, row);
    const cell = row.get(profile) ?? { agree: 0, differ: 0, disputed: 0 };
    row.set(profile, cell);
    cell[disputed ? 'disputed' : same ? 'agree' : 'differ']++;
  };
  for (const vector of vectors.filter((each) => wanted(each.topic))) {
    for (const [key, profile] of Object.entries(vectorProfiles)) {
      if (!(key in (vector.expect ?? {}))) continue;
      const [expected, actual] = await askVector(vector, key);
      count(vector.topic, profile, isDeepStrictEqual(plain(expected), plain(actual)), Boolean(vector.disputed?.[key]));
    }
    if (vector.kind !== 'failover') continue;
    for (const [, key, expected, actual] of askFailover(vector)) {
      count(vector.topic, vectorProfiles[key] ?? key, isDeepStrictEqual(plain(expected), plain(actual)), false);
    }
  }
  for (const fact of facts.filter((each) => wanted(topicOf(each.id)))) {
    for (const [key, profile] of Object.entries(factProfiles)) {
      if (!isAsked(fact, key)) continue;
      const [observed, ours] = await askFact(fact, key);
      count(topicOf(fact.id), profile, isDeepStrictEqual(plain(observed), plain(ours)), Boolean(fact.disputed?.[key]));
    }
  }
  return table;
}

/** The table as text: `agree/differ` per profile, and what is not established below. */
export function tableText(table: ReadonlyMap<string, ReadonlyMap<string, Cell>>): string {
  const names = profiles.map((profile) => profile.name);
  const cellText = (cell: Cell | undefined): string =>
    cell ? `${cell.agree}/${cell.differ}${cell.disputed > 0 ? ` (${cell.disputed})` : ''}` : '-';
  const rows = [...table].map(([topic, row]) => [topic, ...names.map((name) => cellText(row.get(name)))]);
  const sums = names.map((name) => {
    const cells = [...table.values()].flatMap((row) => row.get(name) ?? []);
    const total = (pick: (cell: Cell) => number): number => cells.reduce((sum, cell) => sum + pick(cell), 0);
    return cellText({
      agree: total((c) => c.agree),
      differ: total((c) => c.differ),
      disputed: total((c) => c.disputed),
    });
  });
  const lines = [['agree/differ', ...names], ...rows, ['all', ...sums]];
  const open = profiles.flatMap(({ name, open: fields }) =>
    Object.entries(fields).map(([field, why]) => `not established: ${name} ${field}: ${why}`),
  );
  return [
    ...lines.map((line) =>
      line
        .map((text, at) => text.padEnd(at === 0 ? 26 : 17))
        .join('')
        .trimEnd(),
    ),
    '',
    ...open,
    '',
  ].join('\n');
}

/** The whole report; `differ` is the number of disagreements that nobody disputes. */
export async function conformanceReport(
  wanted?: (topic: string) => boolean,
): Promise<{ text: string; differ: number }> {
  const table = await conformance(wanted);
  const cells = [...table.values()].flatMap((row) => [...row.values()]);
  return { text: tableText(table), differ: cells.reduce((sum, cell) => sum + cell.differ, 0) };
}
