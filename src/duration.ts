/** Durations carry units: `250ms`, `30s`, `10m`, `4h`, `2d`. */
import { z } from 'zod';

export { sayDuration } from './time-text.ts';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Milliseconds, or undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = pattern.exec(text);
  return match ? Number(match[1]) * units[match[2] as keyof typeof units] : undefined;
}

const form = 'a duration is a number with a unit: 250ms, 30s, 10m, 4h or 2d';

/** Schema: text in, milliseconds out. */
export const duration = z
  .string(form)
  .regex(pattern, form)
  .transform((text) => parseDuration(text) ?? 0);
