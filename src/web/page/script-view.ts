/** The proxy scripts that clients read: their text, and beside each line what its helper calls gave. */
import type { TraceEvent } from '../../trace/events.ts';
import { viewOf } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import { h } from './dom.ts';
import { cut, sayValue } from './words.ts';

/** Values beside a line; the rest is counted. */
const mostValues = 3;

interface Read {
  url: string;
  text: string;
  length: number;
  clients: Set<string>;
  /** From where each client's requests are answered by this text. */
  uses: { client: string; from: number; until: number }[];
}

export function scriptView(events: readonly TraceEvent[], linkTo: (seq: number) => string): HTMLElement {
  const view = viewOf(events);
  const scripts = scriptsIn(view);
  if (scripts.length === 0) return h('p', { class: 'quiet' }, 'No client has read a proxy script.', outside(view));
  return h(
    'div',
    {},
    scripts.map((script) => sectionOf(script, view, linkTo)),
  );
}

const outside = (view: View): string =>
  view.events.some(({ by }) => by === 'outside')
    ? ' A program outside the lab evaluates scripts by itself and tells nobody.'
    : '';

function scriptsIn(view: View): Read[] {
  const scripts = new Map<string, Read>();
  const current = new Map<string, Read['uses'][number]>();
  for (const { seq, data } of view.ofType('pac.loaded')) {
    const key = `${data.sha256} ${data.url} ${data.charset}`;
    const script = scripts.get(key) ?? {
      url: data.url,
      text: data.text,
      length: data.length,
      clients: new Set(),
      uses: [],
    };
    scripts.set(key, script);
    const before = current.get(data.client);
    if (before) before.until = seq;
    const use = { client: data.client, from: seq, until: Infinity };
    script.uses.push(use);
    script.clients.add(data.client);
    current.set(data.client, use);
  }
  return [...scripts.values()];
}

function sectionOf(script: Read, view: View, linkTo: (seq: number) => string): HTMLElement {
  const mine = <T extends 'pac.called' | 'pac.answered' | 'pac.failed'>(type: T): TraceEvent<T>[] =>
    (view.ofType(type) as TraceEvent<T>[]).filter(({ seq, data }) =>
      script.uses.some(
        ({ client, from, until }) => client === (data as { client: string }).client && seq > from && seq < until,
      ),
    );
  const calls = mine('pac.called');
  const failures = mine('pac.failed');
  const heading = `Script at ${script.url}, read by ${[...script.clients].join(', ')}`;
  const lines = script.text.split(/\r\n|\r|\n/);
  const rows = lines.map((line, index) =>
    lineOf(
      line,
      index + 1,
      calls.filter(({ data }) => data.line === index + 1),
      failures.filter(({ data }) => data.line === index + 1),
      linkTo,
    ),
  );
  return h(
    'section',
    { class: 'script', 'aria-label': heading },
    h('h3', {}, heading),
    script.text.length < script.length &&
      h('p', { class: 'quiet' }, `the first ${script.text.length} of ${script.length} characters`),
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Source with hits and values' },
      h(
        'table',
        { class: 'source' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ['Line', 'Calls', 'Source', 'Values'].map((name) => h('th', { scope: 'col' }, name)),
          ),
        ),
        h('tbody', {}, rows),
      ),
    ),
    answers(mine('pac.answered'), failures, linkTo),
  );
}

function lineOf(
  line: string,
  number: number,
  calls: readonly TraceEvent<'pac.called'>[],
  failures: readonly TraceEvent<'pac.failed'>[],
  linkTo: (seq: number) => string,
): HTMLElement {
  const state = failures.length > 0 ? 'bad' : calls.length > 0 ? 'hit' : '';
  const values = calls.slice(0, mostValues).map(({ seq, data }) => {
    const text = `${data.helper}(${data.args.map((arg) => JSON.stringify(arg)).join(', ')}) → ${sayValue(data.result)}`;
    return h('li', {}, h('a', { href: linkTo(seq) }, cut(text, 140)));
  });
  const said = failures.map(({ seq, data }) =>
    h('li', { class: 'bad' }, h('a', { href: linkTo(seq) }, `✗ ${data.name}: ${data.message}`)),
  );
  const rest = calls.length - values.length;
  return h(
    'tr',
    { class: state },
    h('td', { class: 'number' }, number),
    h('td', { class: 'number' }, calls.length > 0 && `${calls.length}×`),
    h('td', { class: 'code' }, line),
    h(
      'td',
      {},
      (values.length > 0 || said.length > 0) &&
        h('ul', {}, said, values, rest > 0 && h('li', { class: 'quiet' }, `${rest} more`)),
    ),
  );
}

function answers(
  answered: readonly TraceEvent<'pac.answered'>[],
  failed: readonly TraceEvent<'pac.failed'>[],
  linkTo: (seq: number) => string,
): HTMLElement {
  const rows = answered.map(({ seq, data }) =>
    h(
      'tr',
      {},
      h('td', {}, h('a', { href: linkTo(seq), 'aria-label': `event ${seq}` }, `#${seq}`)),
      h('td', {}, data.client),
      h('td', { class: 'code' }, data.url),
      h('td', { class: 'code' }, data.answer ?? data.returned ?? 'nothing', data.failedOpen && ' (failed open)'),
    ),
  );
  const misses = failed
    .filter(({ data }) => data.line === null)
    .map(({ seq, data }) =>
      h('p', { class: 'bad' }, h('a', { href: linkTo(seq) }, `✗ ${data.phase}: ${data.name}: ${data.message}`)),
    );
  return h(
    'div',
    {},
    misses,
    rows.length > 0 &&
      h(
        'table',
        {},
        h('caption', {}, 'What it answered'),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ['Event', 'Client', 'URL it was handed', 'Answer'].map((name) => h('th', { scope: 'col' }, name)),
          ),
        ),
        h('tbody', {}, rows),
      ),
  );
}
