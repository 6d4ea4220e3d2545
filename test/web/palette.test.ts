/** WCAG 2.2: text needs a contrast of 4.5 to its ground (1.4.3), the outline of a focus 3 (1.4.11). */
import { expect, test } from 'vitest';

import { dark, light, pairs } from '../../src/web/palette.ts';
import type { Palette } from '../../src/web/palette.ts';

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(left: string, right: string): number {
  const [dim = 0, bright = 0] = [luminance(left), luminance(right)].toSorted((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

const unreadable = (palette: Palette): string[] =>
  pairs
    .filter(([text, ground]) => contrast(palette[text], palette[ground]) < 4.5)
    .map(([text, ground]) => `${text} on ${ground}`);

test('contrast is computed as the standard says', () => {
  expect(contrast('#ffffff', '#000000')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test.each([
  ['light', light],
  ['dark', dark],
])('every text of the %s palette can be read on every ground', (_name, palette) => {
  expect(unreadable(palette)).toEqual([]);
  expect(unreadable({ ...palette, quiet: palette.ground })).toContain('quiet on ground');
  for (const ground of ['ground', 'raised'] as const)
    expect(contrast(palette.focus, palette[ground])).toBeGreaterThan(3);
});
