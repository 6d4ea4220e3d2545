/** The proxy scripts that clients read: their text, which lines ran, the line that decided, and what helper calls gave. */
import type { TraceEvent } from '../../trace/events.ts';
import { scriptUses } from '../../trace/scripts.ts';
import type { Evaluation } from '../../trace/scripts.ts';
import { viewOf } from '../../trace/view.ts';
import type { View } from '../../trace/view.ts';
import type { Reached } from '../packed.ts';
import { h, show } from './dom.ts';
import type { Child } from './dom.ts';
import { cut, sayValue } from './words.ts';

/** Values beside a line; the rest is counted. */
const mostValues = 3;

type LinkTo = (seq: number) => string;

interface Read {
  url: string;
  text: string;
  length: number;
  clients: Set<string>;
  asked: Asked[];
}

/** A request, with what is known of the lines that it ran. */
interface Asked extends Evaluation {
  reached: Reached | undefined;
}

export function scriptView(events: readonly TraceEvent[], reached: readonly Reached[], linkTo: LinkTo): HTMLElement {
  const view = viewOf(events);
  const scripts = scriptsIn(view, reached);
  if (scripts.length === 0) return h('p', { class: 'quiet' }, 'No client has read a proxy script.', outside(view));
  return h(
    'div',
    {},
    scripts.map((script, index) => sectionOf(script, index, linkTo)),
  );
}

const outside = (view: View): string =>
  view.events.some(({ by }) => by === 'outside')
    ? ' A program outside the lab evaluates scripts by itself and tells nobody.'
    : '';

/** Clients that read the same bytes share a section. */
function scriptsIn(view: View, reached: readonly Reached[]): Read[] {
  const found = new Map(reached.map((one) => [`${one.seq} ${one.request} ${one.client}`, one]));
  const scripts = new Map<string, Read>();
  for (const { client, loaded, evaluations } of scriptUses(view)) {
    const { sha256, url, charset, text, length } = loaded.data;
    const key = `${sha256} ${url} ${charset}`;
    const script = scripts.get(key) ?? { url, text, length, clients: new Set(), asked: [] };
    scripts.set(key, script);
    script.clients.add(client);
    for (const each of evaluations) {
      const { seq, data } = each.answered;
      script.asked.push({ ...each, reached: found.get(`${seq} ${data.request} ${client}`) });
    }
  }
  return [...scripts.values()];
}

function sectionOf(script: Read, index: number, linkTo: LinkTo): HTMLElement {
  const heading = `Script at ${script.url}, read by ${[...script.clients].join(', ')}`;
  const body = h('tbody');
  const says = h('p', { class: 'quiet', role: 'status' });
  const id = `request-of-${index}`;
  const select = h(
    'select',
    { id },
    script.asked.length > 1 && h('option', { value: '' }, `all ${script.asked.length}`),
    script.asked.map((asked, at) => h('option', { value: at }, requestOf(asked))),
  );
  const draw = (): void => {
    const one = select.value === '' ? undefined : script.asked[Number(select.value)];
    const asked = one ? [one] : script.asked;
    show(body, rowsOf(script.text, asked, linkTo));
    says.textContent = sayHow(asked);
  };
  select.addEventListener('change', draw);
  draw();
  return h(
    'section',
    { class: 'script', 'aria-label': heading },
    h('h3', {}, heading),
    script.text.length < script.length &&
      h('p', { class: 'quiet' }, `the first ${script.text.length} of ${script.length} characters`),
    script.asked.length > 0 && h('p', { class: 'bar' }, h('label', { for: id }, 'Requests'), select),
    says,
    h(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Source with hits and values' },
      h('table', { class: 'source' }, headOf('Line', 'Ran', 'Source', 'Values'), body),
    ),
    answers(script.asked, linkTo),
  );
}

const requestOf = ({ answered: { seq, data } }: Evaluation): string =>
  cut(`#${seq} ${data.client}: ${data.url} → ${sayAnswer(data)}`, 100);

const sayAnswer = ({ answer, returned, failedOpen }: TraceEvent<'pac.answered'>['data']): string =>
  `${answer ?? returned ?? 'nothing'}${failedOpen ? ' (failed open)' : ''}`;

/** Where the marks come from: no event tells lines. */
function sayHow(asked: readonly Asked[]): string {
  if (asked.length === 0) return 'It was asked for nothing.';
  const untold = asked.filter(({ reached }) => !reached?.lines);
  const known =
    'Lines that ran are known by running the script again, with each helper giving what the events say it gave.';
  if (untold.length === 0) return known;
  const rest = `${untold.map(({ answered }) => `#${answered.seq}`).join(', ')}: it ended early, or did not come out the same again, so only lines with calls are marked.`;
  return untold.length === asked.length ? rest : `${known} ${rest}`;
}

function rowsOf(text: string, asked: readonly Asked[], linkTo: LinkTo): HTMLElement[] {
  const runs = new Map<number, number>();
  for (const each of asked) for (const line of linesOf(each)) runs.set(line, (runs.get(line) ?? 0) + 1);
  const at = (line: number) => ({
    calls: asked.flatMap(({ calls }) => calls.filter(({ data }) => data.line === line)),
    failures: asked.flatMap(({ failed }) => (failed?.data.line === line ? failed : [])),
    decided: asked.filter(({ reached }) => reached?.decided?.line === line),
  });
  return text
    .split(/\r\n|\r|\n/)
    .map((source, index) => lineOf(source, index + 1, runs.get(index + 1) ?? 0, at(index + 1), linkTo));
}

const linesOf = ({ reached, calls }: Asked): Set<number> =>
  new Set(reached?.lines ?? calls.flatMap(({ data }) => data.line ?? []));

interface Here {
  calls: readonly TraceEvent<'pac.called'>[];
  failures: readonly TraceEvent<'pac.failed'>[];
  decided: readonly Asked[];
}

function lineOf(source: string, number: number, runs: number, here: Here, linkTo: LinkTo): HTMLElement {
  const { calls, failures, decided } = here;
  const state = failures.length > 0 ? 'bad' : decided.length > 0 ? 'hit decided' : runs > 0 ? 'hit' : '';
  const linked = (seq: number, text: string, name = ''): HTMLElement =>
    h('li', { class: name }, h('a', { href: linkTo(seq) }, cut(text, 140)));
  const said = [
    ...failures.map(({ seq, data }) => linked(seq, `✗ ${data.name}: ${data.message}`, 'bad')),
    ...decided.map(({ answered }) =>
      linked(answered.seq, `▸ decided #${answered.seq}: ${sayAnswer(answered.data)}`, 'decision'),
    ),
    ...calls.map(({ seq, data }) => linked(seq, sayCall(data))),
  ];
  const rest = said.length - mostValues - 1;
  const shown = rest > 0 ? said.slice(0, mostValues) : said;
  return h(
    'tr',
    { class: state },
    h('td', { class: 'number' }, number),
    h('td', { class: 'number' }, runs > 0 && `${runs}×`),
    h('td', { class: 'code' }, source),
    h(
      'td',
      {},
      said.length > 0 &&
        h('ul', {}, shown, rest > 0 && h('li', { class: 'quiet' }, `${said.length - mostValues} more`)),
    ),
  );
}

const sayCall = ({ helper, args, result }: TraceEvent<'pac.called'>['data']): string =>
  `${helper}(${args.map((arg) => JSON.stringify(arg)).join(', ')}) → ${sayValue(result)}`;

const headOf = (...names: string[]): HTMLElement =>
  h(
    'thead',
    {},
    h(
      'tr',
      {},
      names.map((name) => h('th', { scope: 'col' }, name)),
    ),
  );

function answers(asked: readonly Asked[], linkTo: LinkTo): Child {
  const misses = asked
    .flatMap(({ failed }) => (failed?.data.line === null ? failed : []))
    .map(({ seq, data }) =>
      h('p', { class: 'bad' }, h('a', { href: linkTo(seq) }, `✗ ${data.phase}: ${data.name}: ${data.message}`)),
    );
  const rows = asked.map(({ answered: { seq, data }, reached }) =>
    h(
      'tr',
      {},
      h('td', {}, h('a', { href: linkTo(seq), 'aria-label': `event ${seq}` }, `#${seq}`)),
      h('td', {}, data.client),
      h('td', { class: 'code' }, data.url),
      h('td', { class: 'code' }, sayAnswer(data)),
      h('td', { class: 'number' }, reached?.decided?.line ?? '–'),
    ),
  );
  return [
    misses,
    rows.length > 0 &&
      h(
        'table',
        {},
        h('caption', {}, 'What it answered'),
        headOf('Event', 'Client', 'URL it was handed', 'Answer', 'Decided on line'),
        h('tbody', {}, rows),
      ),
  ];
}
