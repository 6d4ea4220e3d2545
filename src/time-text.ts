/** Durations as people write them; apart from `duration.ts`, since pages read it too and have no use for schemas. */

/** The shortest form a person would write: 21000 → `21 s`. */
export function sayDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${round(ms / 60_000)} min`;
  if (ms < 172_800_000) return `${round(ms / 3_600_000)} h`;
  return `${round(ms / 86_400_000)} d`;
}

const round = (value: number): number => Math.round(value * 10) / 10;
