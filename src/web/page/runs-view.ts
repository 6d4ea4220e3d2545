/** The list of runs, by words: `tls`, `!passed`, `finding:auth`. */
import type { Index, Listed } from '../packed.ts';
import { h, show, walkable } from './dom.ts';
import { cut, filterOf } from './words.ts';

export const verdictSigns = { passed: '✓', failed: '✗', broken: '!', skipped: '–' } as const;
/** Rows of a matrix may be whole objects; the heading of the run has all of it. */
const longestName = 90;
const order = ['failed', 'broken', 'passed', 'skipped'];

export interface RunsView {
  readonly element: HTMLElement;
  mark: (index: number) => void;
}

export function runsView({ runs }: Index): RunsView {
  const filter = h('input', {
    type: 'search',
    id: 'run-filter',
    placeholder: 'tls !passed finding:auth',
    autocomplete: 'off',
  });
  const count = h('output', { class: 'quiet', for: 'run-filter' });
  const entries = runs
    .map((run, index) => ({ run, index }))
    .sort(
      (left, right) => order.indexOf(left.run.verdict) - order.indexOf(right.run.verdict) || left.index - right.index,
    )
    .map(({ run, index }) => ({ index, text: searched(run), item: h('li', {}, link(run, index)) }));
  const list = h('ul', { class: 'runs' });
  const draw = (): void => {
    const fits = filterOf(filter.value);
    const found = entries.filter(({ text }) => fits(text));
    show(
      list,
      found.map(({ item }) => item),
    );
    count.textContent = `${found.length} of ${runs.length} runs`;
  };
  filter.addEventListener('input', draw);
  draw();
  const element = h(
    'div',
    {},
    h('div', { class: 'bar' }, h('label', { for: 'run-filter' }, 'Runs'), filter, count),
    list,
  );
  walkable(element, () => [...list.querySelectorAll<HTMLElement>('a')]);
  return {
    element,
    mark(wanted) {
      for (const { index, item } of entries) {
        const anchor = item.firstElementChild;
        if (index === wanted) anchor?.setAttribute('aria-current', 'page');
        else anchor?.removeAttribute('aria-current');
      }
    },
  };
}

const searched = ({ name, title, file, verdict, tags, findings }: Listed): string =>
  [name, title, file, verdict, ...tags, ...findings.map((id) => `finding:${id}`)].join(' ');

const link = ({ name, title, verdict }: Listed, index: number): HTMLElement =>
  h(
    'a',
    { href: `#${index}`, title: `${name}: ${title}` },
    h('span', { class: `sign ${verdict}`, 'aria-hidden': 'true' }, verdictSigns[verdict]),
    h('span', { class: 'unseen' }, `${verdict}: `),
    h('span', { class: 'name' }, cut(name, longestName)),
  );
