/** The catalogue of failure modes against the scenarios that exist: what is told, what cannot be, what is missing. */

export interface Chapter {
  chapter: number;
  title: string;
  ids: readonly string[];
}

export interface ChapterCoverage {
  chapter: number;
  title: string;
  scenarios: readonly string[];
  /** Cannot be simulated honestly; `docs/coverage.md` says why. */
  excepted: readonly string[];
  missing: readonly string[];
}

/** `exceptions` is the text of `docs/coverage.md`: a table row for each id. */
export function coverageOf(
  chapters: readonly Chapter[],
  scenarioIds: Iterable<string>,
  exceptions: string,
): ChapterCoverage[] {
  const told = new Set(scenarioIds);
  const excused = new Set([...exceptions.matchAll(/^\|\s*`([a-z0-9-]+)`\s*\|/gm)].map(([, id]) => id));
  return chapters.map(({ chapter, title, ids }) => ({
    chapter,
    title,
    scenarios: ids.filter((id) => told.has(id)),
    excepted: ids.filter((id) => !told.has(id) && excused.has(id)),
    missing: ids.filter((id) => !told.has(id) && !excused.has(id)),
  }));
}

/** One line a chapter, then what is missing by name. */
export function sayCoverage(chapters: readonly ChapterCoverage[]): string {
  const width = Math.max(...chapters.map(({ title }) => title.length));
  const cell = (value: number | string): string => String(value).padStart(10);
  const row = (name: string, told: number, excepted: number, missing: number): string =>
    `${name.padEnd(width + 4)}${cell(told)}${cell(excepted)}${cell(missing)}`;
  const sum = (key: 'scenarios' | 'excepted' | 'missing'): number =>
    chapters.reduce((total, chapter) => total + chapter[key].length, 0);
  const lines = chapters.map(({ chapter, title, scenarios, excepted, missing }) =>
    row(`${String(chapter).padStart(2)}  ${title}`, scenarios.length, excepted.length, missing.length),
  );
  const absent = chapters.flatMap(({ missing }) => missing);
  return [
    `${'chapter'.padEnd(width + 4)}${cell('scenario')}${cell('excepted')}${cell('missing')}`,
    ...lines,
    row('all', sum('scenarios'), sum('excepted'), sum('missing')),
    ...(absent.length > 0 ? ['', `missing: ${absent.join(', ')}`] : []),
    '',
  ].join('\n');
}
