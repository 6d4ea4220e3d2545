/** The page of a lab that runs: its story as it happens, what is wrong with it, and switches for all of it. */
import type { TraceEvent } from '../../trace/events.ts';
import { behavioursOf, findingsOf, follow, reset, settingsOf, statusOf } from './api.ts';
import type { Status } from './api.ts';
import { Clock } from './clock.ts';
import { byId, h, show } from './dom.ts';
import { eventsView } from './events-view.ts';
import { findingsView } from './findings-view.ts';
import { later } from './later.ts';
import { outsideScripts } from './outside-scripts.ts';
import { sequenceOf } from './sequence.ts';
import { sequenceView } from './sequence-view.ts';
import { settingsView } from './settings-view.ts';
import { switchesView } from './switches-view.ts';
import { tabsOf } from './tabs.ts';
import { tlsView } from './tls-view.ts';

/** So many of the newest events are drawn; the list of events has more. */
const drawn = 2000;
/** So many are kept by the page; the lab itself keeps as many. */
const kept = 100_000;

const linkTo = (seq: number): string => `#events/${seq}`;
let events: TraceEvent[] = [];
let told = '';
const scripts = outsideScripts(linkTo);
const clock = new Clock(byId('clock'));
const list = eventsView(true);
const newest = (): readonly TraceEvent[] => events.slice(-drawn);
const tabs = tabsOf(
  'Views of the lab',
  [
    { name: 'story', title: 'Story', make: () => sequenceView(newest(), linkTo) },
    { name: 'events', title: 'Events', make: () => list.element },
    { name: 'script', title: 'Script', make: () => scripts.element },
    { name: 'tls', title: 'TLS', make: () => tlsView(newest(), linkTo) },
    { name: 'settings', title: 'Settings of clients', make: () => settingsView(events, linkTo) },
  ],
  (name) => {
    location.hash = name;
  },
);

const draw = later(100, () => {
  list.update(events);
  redraw();
});
/** A diagnosis reads everything, so it waits until something has been quiet for a moment. */
const diagnose = later(600, () => void showFindings());

show(byId('views'), tabs.element);
byId('reset').addEventListener('click', () => void reset().then(renew));
byId('diagnose').addEventListener('click', () => void showFindings(true));
addEventListener('hashchange', go);
follow(hear, (open) => {
  byId('connection').textContent = open ? 'connected' : 'the lab does not answer';
});
void renew();
go();
draw();

function go(): void {
  const [tab = 'story', seq = ''] = location.hash.slice(1).split('/');
  tabs.select(tab === '' ? 'story' : tab);
  if (seq !== '') list.reveal(Number(seq));
  if (tabs.current === 'script') void scripts.renew();
}

function hear(event: TraceEvent): void {
  const last = events.at(-1);
  if (last && event.seq <= last.seq) return;
  // What was before a reset is forgotten by the lab as well.
  const isReset = event.type === 'lab.changed' && event.data.path === 'lab';
  if (isReset) events = events.filter(({ type }) => type === 'lab.started');
  events.push(event);
  if (events.length > kept) events = events.slice(kept / 5);
  if (event.type === 'lab.changed') void renew();
  draw();
  diagnose();
}

/** What has the focus keeps it, and what was scrolled stays so; at the end, the end is followed. */
function redraw(): void {
  if (tabs.current === 'events' || tabs.current === 'script') return;
  const panel = byId('panel');
  const focused = panel.contains(document.activeElement) ? document.activeElement?.getAttribute('href') : undefined;
  const scroller = (): HTMLElement | null => panel.querySelector('.sequence, .scroll');
  const before = scroller();
  const place = before && { top: before.scrollTop, left: before.scrollLeft };
  const atEnd = !before || before.scrollTop + before.clientHeight > before.scrollHeight - 60;
  tabs.refresh();
  const after = scroller();
  if (after && place) after.scrollLeft = place.left;
  if (after) after.scrollTop = tabs.current === 'story' && atEnd ? after.scrollHeight : (place?.top ?? 0);
  if (typeof focused === 'string')
    panel.querySelector<HTMLElement>(`[href="${focused}"]`)?.focus({ preventScroll: true });
}

async function showFindings(aloud = false): Promise<void> {
  const findings = await findingsOf();
  if (tabs.current === 'script') await scripts.renew();
  show(byId('findings'), findingsView(findings, linkTo));
  const words = findings.map(({ title }) => title).join('; ') || 'nothing was found';
  const step = sequenceOf(newest()).steps.at(-1);
  if (aloud || words !== told) byId('said').textContent = `Diagnosis: ${words}`;
  else if (step) byId('said').textContent = `Event ${step.seq}: ${step.text}`;
  told = words;
}

async function renew(): Promise<void> {
  const [status, settings, behaviours] = await Promise.all([statusOf(), settingsOf(), behavioursOf()]);
  clock.set(status.clock.date);
  show(byId('scenario'), h('strong', {}, status.scenario.id), ` ${status.scenario.name}`);
  document.title = `${status.scenario.id} – paclab`;
  show(byId('doors'), doorsView(status.doors));
  const focused = document.activeElement?.id ?? '';
  const open = [...byId('switches').querySelectorAll<HTMLDetailsElement>('details[id][open]')].map(({ id }) => id);
  show(
    byId('switches'),
    switchesView(settings, behaviours, () => void renew()),
  );
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
  if (/^(?:switch|set)-/.test(focused)) document.getElementById(focused)?.focus();
}

/** What programs are pointed at, first; the many others stay folded. */
function doorsView(doors: Status['doors']): HTMLElement[] {
  const places = new Map(
    doors.map((door) => [`${door.speaks} ${door.real.host} ${door.real.port} ${door.story}`, door]),
  );
  const isFirst = ({ speaks, names }: Status['doors'][number]): boolean =>
    ['dns', 'proxy', 'tls-proxy'].includes(speaks) ||
    (speaks === 'http' && names.some((name) => /^wpad(\.|$)/i.test(name)));
  const all = [...places.values()];
  const rest = all.filter((door) => !isFirst(door));
  const list = (some: typeof all): HTMLElement => h('ul', { class: 'doors' }, some.map(doorOf));
  return [
    list(all.filter(isFirst)),
    ...(rest.length === 0 ? [] : [h('details', {}, h('summary', {}, `${rest.length} more`), list(rest))]),
  ];
}

const doorOf = ({ names, name, real, speaks, story }: Status['doors'][number]): HTMLElement => {
  const place = `${real.host.includes(':') ? `[${real.host}]` : real.host}:${real.port}`;
  return h(
    'li',
    {},
    h('strong', {}, speaks),
    ` ${place} `,
    h('span', { class: 'quiet' }, `${names.join(', ') || name}${place === story ? '' : `, ${story} in the story`}`),
  );
};
