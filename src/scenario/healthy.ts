/**
 * `healthy:` of a scenario: what turns its fault off, as an overlay on the file. Mappings merge, lists are replaced,
 * null takes a key away. The healthy twin runs the same steps and expects one thing: that nothing is found.
 */
import { isMapping } from './matrix.ts';

/** The file's body with its fault turned off. */
export function twinOf(body: Readonly<Record<string, unknown>>, overlay: unknown): Record<string, unknown> {
  const healed = lay(body, overlay) as Record<string, unknown>;
  const { steps } = healed;
  return {
    ...healed,
    ...(Array.isArray(steps) ? { steps: steps.map(withoutExpectation) } : {}),
    expect: { diagnosis: 'none' },
  };
}

function withoutExpectation(step: unknown): unknown {
  if (!isMapping(step)) return step;
  const { expect: _, ...rest } = step;
  return rest;
}

function lay(below: unknown, above: unknown): unknown {
  if (!isMapping(above)) return above;
  const result: Record<string, unknown> = isMapping(below) ? { ...below } : {};
  for (const [key, value] of Object.entries(above)) {
    if (value === null) delete result[key];
    else result[key] = lay(result[key], value);
  }
  return result;
}
