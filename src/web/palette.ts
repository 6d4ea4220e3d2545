/** The colours of the pages, light and dark. A test computes that each text can be read on each ground it stands on. */

export interface Palette {
  ground: string;
  raised: string;
  line: string;
  text: string;
  quiet: string;
  link: string;
  good: string;
  bad: string;
  warn: string;
  /** Grounds of lines that were hit, and of those that failed. */
  hit: string;
  fault: string;
  focus: string;
  lane: string;
}

export const light: Palette = {
  ground: '#ffffff',
  raised: '#f4f6f8',
  line: '#c5ccd4',
  text: '#1b2127',
  quiet: '#56616c',
  link: '#0b57a4',
  good: '#176b33',
  bad: '#b3201b',
  warn: '#805300',
  hit: '#e6f0fa',
  fault: '#fdeceb',
  focus: '#0b57a4',
  lane: '#b4bdc7',
};

export const dark: Palette = {
  ground: '#14181d',
  raised: '#1d232a',
  line: '#3a444f',
  text: '#e4e9ee',
  quiet: '#9ba8b5',
  link: '#7fb8f5',
  good: '#6bd08b',
  bad: '#ff8d84',
  warn: '#e7b75a',
  hit: '#1c2f43',
  fault: '#40211f',
  focus: '#7fb8f5',
  lane: '#47525e',
};

/** Text colours, and the grounds they stand on. */
export const pairs: readonly (readonly [text: keyof Palette, ground: keyof Palette])[] = (
  ['text', 'quiet', 'link', 'good', 'bad', 'warn'] as const
).flatMap((text) => (['ground', 'raised', 'hit', 'fault'] as const).map((ground) => [text, ground] as const));

export const variables = (palette: Palette): string =>
  Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour};`)
    .join('');
