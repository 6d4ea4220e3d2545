/** A sequence diagram as SVG; each arrow is a link to its event. */
import { h, s } from './dom.ts';
import { sequenceOf } from './sequence.ts';
import type { Sequence, Step } from './sequence.ts';
import type { TraceEvent } from '../../trace/events.ts';
import { cut, sayTime } from './words.ts';

const row = 34;
const head = 44;
const left = 74;
const narrowest = 124;
/** Of a letter, about. */
const letter = 6.8;

/** Above the name of a part; what has one name only has nothing there. */
const kindNames = {
  client: 'client',
  dhcp: '',
  dns: '',
  host: 'script host',
  script: '',
  proxy: 'proxy',
  origin: 'destination',
} as const;

/** The steps at the end of a story that are shown at first. */
const most = 400;

export function sequenceView(events: readonly TraceEvent[], linkTo: (seq: number) => string): HTMLElement {
  const sequence = sequenceOf(events);
  if (sequence.steps.length === 0) return h('p', { class: 'quiet' }, 'Nobody has said anything yet.');
  const hidden = Math.max(0, sequence.steps.length - most);
  const steps = sequence.steps.slice(hidden);
  return h(
    'figure',
    { class: 'sequence' },
    hidden > 0 && h('figcaption', { class: 'quiet' }, `${hidden} earlier steps stand in the list of events only`),
    picture({ ...sequence, steps }, linkTo),
  );
}

function picture({ parts, steps, cast }: Sequence, linkTo: (seq: number) => string): SVGElement {
  const column = Math.max(narrowest, Math.floor(900 / Math.max(1, parts.length)));
  const width = left + column * Math.max(1, parts.length);
  const height = head + row * steps.length + 16;
  const x = (part: string): number => left + column * (parts.indexOf(part) + 0.5);
  const lanes = parts.map((part) => [
    s('line', { x1: x(part), x2: x(part), y1: head - 8, y2: height, class: 'lane' }),
    s('text', { x: x(part), y: 16, class: 'lane-kind' }, kindNames[cast.kindOf(part)]),
    s('text', { x: x(part), y: 32, class: 'lane-name' }, cut(cast.titleOf(part), Math.floor(column / 7.4))),
  ]);
  const drawn = steps.map((step, index) => {
    const y = head + row * index + 22;
    const who = step.ends ? [...new Set(step.ends)].map((part) => cast.titleOf(part)).join(' to ') : '';
    const label = `${who === '' ? '' : `${who}: `}${step.text}${step.bad ? ' (a failure)' : ''}, event ${step.seq}`;
    return s(
      'a',
      { href: linkTo(step.seq), 'aria-label': label, class: `step${step.bad ? ' bad' : ''}` },
      s('rect', { x: 0, y: y - 20, width, height: row, class: 'step-ground' }),
      s(
        'text',
        { x: 6, y: y + 4, class: 'time' },
        index > 0 && sayTime(steps[index - 1]?.at ?? -1) === sayTime(step.at) ? '' : sayTime(step.at),
      ),
      shape(step, { x, y, width, column }),
    );
  });
  const label = `Sequence of ${steps.length} steps between ${parts.map((part) => cast.titleOf(part)).join(', ')}`;
  return s(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, width, height, role: 'group', 'aria-label': label },
    lanes,
    drawn,
  );
}

interface Frame {
  x: (part: string) => number;
  y: number;
  width: number;
  column: number;
}

function shape({ ends, text, bad, lost }: Step, { x, y, width, column }: Frame): SVGElement[] {
  if (!ends)
    return [
      s('rect', { x: left - 4, y: y - 11, width: width - left, height: 22, rx: 4, class: 'across' }),
      s('text', { x: left + 6, y: y + 4, class: 'across-text' }, cut(text, Math.floor((width - left) / letter) - 2)),
    ];
  const [from, to] = [x(ends[0]), x(ends[1])];
  if (from === to) {
    const shown = cut(`${bad ? '✗ ' : ''}${text}`, Math.floor(Math.max(column * 2.4, 300) / letter));
    const wide = shown.length * letter + 14;
    const start = Math.min(Math.max(from - wide / 2, left), width - wide - 4);
    return [
      s('rect', { x: start, y: y - 12, width: wide, height: 22, rx: 3, class: 'note' }),
      s('text', { x: start + wide / 2, y: y + 3, class: 'note-text' }, shown),
    ];
  }
  const way = to > from ? 1 : -1;
  const stop = lost ? to - way * 22 : to - way * 3;
  const room = Math.max(Math.abs(to - from), column) / letter;
  const shown = cut(`${bad ? '✗ ' : ''}${text}`, Math.floor(room * 1.1));
  const middle = (from + to) / 2;
  const half = (shown.length * letter) / 2;
  const centre = Math.min(Math.max(middle, left + half), width - half - 4);
  return [
    s('line', { x1: from, x2: stop, y1: y + 6, y2: y + 6, class: lost ? 'arrow lost' : 'arrow' }),
    lost
      ? s('path', { d: `M${stop - 5} ${y + 1} l10 10 m0 -10 l-10 10`, class: 'cross' })
      : s('path', { d: `M${stop} ${y + 6} l${-9 * way} -4.5 v9 z`, class: 'tip' }),
    s('text', { x: centre, y: y - 1, class: 'arrow-text' }, shown),
  ];
}
