/** The list of events: filtered by words, opened one by one, shown in portions. */
import type { TraceEvent } from '../../trace/events.ts';
import { append, h, show, walkable } from './dom.ts';
import { filterOf, sayData, sayTime } from './words.ts';

/** Rows that are made at a time; a lab that runs for days has a hundred thousand. */
const portion = 300;

export interface EventsView {
  readonly element: HTMLElement;
  /** Shows these; rows that are there already stay as they are. */
  update: (events: readonly TraceEvent[]) => void;
  /** Opens an event and takes the focus to it; gives false when there is none of that number. */
  reveal: (seq: number) => boolean;
}

interface State {
  events: readonly TraceEvent[];
  /** How many of those that fit are wanted at most. */
  wanted: number;
  shown: Map<number, HTMLDetailsElement>;
}

export function eventsView(newestFirst = false): EventsView {
  const state: State = { events: [], wanted: portion, shown: new Map() };
  const filter = h('input', {
    type: 'search',
    id: 'event-filter',
    placeholder: 'proxy.* !tcp 407',
    autocomplete: 'off',
  });
  const count = h('output', { class: 'quiet', for: 'event-filter' });
  const list = h('div', { class: 'events', role: 'list', 'aria-label': 'Events' });
  const more = h('button', { type: 'button', class: 'more' }, 'Show more');
  const draw = (): void => {
    const fits = filterOf(filter.value);
    const found = state.events.filter((event) =>
      fits(`${event.type} ${event.by} #${event.seq} ${sayData(event)}`, event.type),
    );
    const ordered = newestFirst ? found.toReversed() : found;
    const rows = ordered.slice(0, state.wanted).map((event) => {
      const row = state.shown.get(event.seq) ?? rowOf(event);
      state.shown.set(event.seq, row);
      return row;
    });
    sync(list, rows);
    more.hidden = found.length <= state.wanted;
    count.textContent = `${found.length} of ${state.events.length} events`;
  };
  filter.addEventListener('input', () => {
    state.wanted = portion;
    draw();
  });
  more.addEventListener('click', () => {
    state.wanted += portion * 4;
    draw();
  });
  const bar = h('div', { class: 'bar' }, h('label', { for: 'event-filter' }, 'Filter'), filter, count);
  const element = h('div', {}, bar, list, more);
  more.hidden = true;
  walkable(element, () => [...list.querySelectorAll<HTMLElement>('summary')]);
  return {
    element,
    update(events) {
      const first = events[0]?.seq ?? Infinity;
      for (const seq of state.shown.keys()) if (seq < first) state.shown.delete(seq);
      state.events = events;
      draw();
    },
    reveal(seq) {
      if (!state.events.some((event) => event.seq === seq)) return false;
      filter.value = '';
      state.wanted = state.events.length;
      draw();
      const row = state.shown.get(seq);
      if (!row) return false;
      row.open = true;
      row.querySelector('summary')?.focus();
      row.scrollIntoView({ block: 'center' });
      return true;
    },
  };
}

/** The same rows in the same order, with as few moves as the live page needs: new ones at one end. */
function sync(list: HTMLElement, rows: readonly HTMLElement[]): void {
  const kept = new Set<Element>(rows);
  for (const child of Array.from(list.children)) if (!kept.has(child)) child.remove();
  let next = list.firstChild;
  for (const row of rows) {
    if (row === next) next = next.nextSibling;
    else list.insertBefore(row, next);
  }
}

function rowOf(event: TraceEvent): HTMLDetailsElement {
  const { seq, at, by, type } = event;
  const room = type.slice(0, type.indexOf('.'));
  const row = h(
    'details',
    { role: 'listitem', class: 'event', id: `e${seq}` },
    h(
      'summary',
      {},
      h('span', { class: 'seq' }, `#${seq}`),
      h('span', { class: 'at' }, sayTime(at)),
      h('span', { class: 'by' }, by),
      h('span', { class: `type room-${room}` }, type),
      h('span', { class: 'says' }, sayData(event)),
    ),
  );
  row.addEventListener('toggle', () => {
    if (row.open && row.children.length === 1)
      append(row, [
        h('pre', { tabindex: 0, 'aria-label': `Data of event ${seq}` }, JSON.stringify(event.data, null, 2)),
      ]);
  });
  return row;
}

/** Links to events, as the evidence of something. */
export const evidence = (numbers: readonly number[], linkTo: (seq: number) => string): HTMLElement => {
  const span = h('span', { class: 'evidence' });
  show(
    span,
    numbers.map((seq) => [h('a', { href: linkTo(seq), 'aria-label': `event ${seq}` }, `#${seq}`), ' ']),
  );
  return span;
};
