/** The report: a list of runs, and the one that is looked at. Where one looks stands behind the # of the address. */
import { toNdjson } from './ndjson.ts';
import type { Listed, Packed } from '../packed.ts';
import { byId, h, show } from './dom.ts';
import { eventsView } from './events-view.ts';
import { expectationsView, findingsView } from './findings-view.ts';
import { runsView, verdictSigns } from './runs-view.ts';
import { scriptView } from './script-view.ts';
import { sequenceView } from './sequence-view.ts';
import { settingsView } from './settings-view.ts';
import { tabsOf } from './tabs.ts';
import type { Tabs } from './tabs.ts';
import { tlsView } from './tls-view.ts';
import { download, indexOfFile, unpackCapture, unpackRun } from './unpack.ts';
import { sayTime } from './words.ts';

const index = indexOfFile();
const runs = runsView(index);
let shown: { index: number; tabs: Tabs; reveal: (seq: number) => boolean } | undefined;

show(byId('runs'), runs.element);
show(byId('summary'), sayHeading());
addEventListener('hashchange', () => void follow());
void follow();

function sayHeading(): string {
  const { passed, failed, broken, skipped, wallMs, labMs } = index.summary;
  const counts = Object.entries({ passed, failed, broken, skipped }).filter(([, count]) => count > 0);
  const said = counts.map(([verdict, count]) => `${count} ${verdict}`).join(', ') || 'no runs';
  return `${said} · ${sayTime(labMs)} of lab time in ${sayTime(wallMs)}`;
}

/** `#12`, `#12/events`, `#12/events/407` */
async function follow(): Promise<void> {
  const first = Math.max(
    0,
    index.runs.findIndex(({ verdict }) => verdict === 'failed' || verdict === 'broken'),
  );
  const [number = '', tab = 'story', seq = ''] = location.hash.slice(1).split('/');
  // The link that skips the list leads to a place of the page.
  if (!/^\d*$/.test(number)) return;
  const wanted = number === '' ? first : Number(number);
  const listed = index.runs[wanted];
  if (!listed) {
    show(byId('run'), h('p', {}, 'There is no such run.'));
    return;
  }
  if (shown?.index !== wanted) {
    const run = await unpackRun(wanted);
    shown = showRun(wanted, listed, run);
    runs.mark(wanted);
    document.title = `${listed.name} – paclab report`;
  }
  shown.tabs.select(tab);
  if (seq !== '') shown.reveal(Number(seq));
}

function showRun(number: number, listed: Listed, run: Packed): NonNullable<typeof shown> {
  const linkTo = (seq: number): string => `#${number}/events/${seq}`;
  const list = eventsView();
  list.update(run.events);
  const tabs = tabsOf(
    'Views of this run',
    [
      { name: 'story', title: 'Story', make: () => sequenceView(run.events, linkTo) },
      { name: 'events', title: `Events (${run.events.length})`, make: () => list.element },
      { name: 'script', title: 'Script', make: () => scriptView(run.events, run.reached, linkTo) },
      { name: 'tls', title: 'TLS', make: () => tlsView(run.events, linkTo) },
      { name: 'settings', title: 'Settings', make: () => settingsView(run.events, linkTo) },
    ],
    (name) => {
      location.hash = `${number}/${name}`;
    },
  );
  show(
    byId('run'),
    h(
      'header',
      {},
      h(
        'h1',
        {},
        h('span', { class: `sign ${run.verdict}`, 'aria-hidden': 'true' }, verdictSigns[run.verdict]),
        ` ${listed.name}`,
      ),
      h('p', {}, run.name),
      h(
        'p',
        { class: 'quiet' },
        `${run.verdict} · ${run.file} · ${sayTime(run.labMs)} of lab time in ${sayTime(run.wallMs)}`,
      ),
      downloads(number, listed, run),
    ),
    run.broken && h('p', { class: 'bad' }, `The lab could not run: ${run.broken.message}`),
    compared(run),
    expectations(run, linkTo),
    h('section', {}, h('h2', {}, 'Findings'), findingsView(run.findings, linkTo)),
    tabs.element,
  );
  return { index: number, tabs, reveal: (seq) => list.reveal(seq) };
}

/** Closed when there is nothing to see: all of them were met. */
function expectations({ file, expectations: all }: Packed, linkTo: (seq: number) => string): HTMLElement | undefined {
  if (all.length === 0) return undefined;
  const met = all.filter(({ passed }) => passed).length;
  return h(
    'details',
    { open: met < all.length },
    h('summary', {}, h('h2', {}, `Expectations: ${met} of ${all.length} met`)),
    expectationsView(file, all, linkTo),
  );
}

function downloads(number: number, listed: Listed, run: Packed): HTMLElement {
  const file = listed.name.replace(/[^\w.-]+/g, '-').replace(/-$/, '');
  const button = (name: string, title: string, content: () => Promise<Blob>): HTMLElement =>
    h('button', { type: 'button', onclick: () => void content().then((blob) => download(name, blob)) }, title);
  return h(
    'p',
    { class: 'buttons' },
    listed.capture > 0 && button(`${file}.pcapng`, 'Capture (pcapng)', () => unpackCapture(number)),
    button(`${file}.ndjson`, 'Events (NDJSON)', async () => new Blob([toNdjson(run.events)])),
    listed.capture === 0 &&
      run.events.length > 0 &&
      h(
        'span',
        { class: 'quiet' },
        index.left > 0 ? 'its capture was left out to keep this file small' : 'no bytes were kept of this run',
      ),
  );
}

function compared({ beside }: Packed): HTMLElement | undefined {
  if (!beside) return undefined;
  const rows = beside.rows.map(({ what, model, real, same }) =>
    h(
      'tr',
      { class: same ? '' : 'bad' },
      [same ? '=' : '≠', what, model, real].map((cell) => h('td', {}, cell)),
    ),
  );
  return h(
    'section',
    {},
    h('h2', {}, `The model beside ${beside.client}`),
    beside.skipped !== undefined && h('p', {}, `not run: ${beside.skipped}`),
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ['', 'What', 'Model said', 'Client did'].map((name) => h('th', { scope: 'col' }, name)),
        ),
      ),
      h('tbody', {}, rows),
    ),
  );
}
