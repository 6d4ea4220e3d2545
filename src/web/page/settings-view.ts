/** What clients read of their settings, each with the place it was read at and what overrode it. */
import type { TraceEvent } from '../../trace/events.ts';
import { viewOf } from '../../trace/view.ts';
import { h } from './dom.ts';

export function settingsView(events: readonly TraceEvent[], linkTo: (seq: number) => string): HTMLElement {
  const read = viewOf(events).ofType('client.setting');
  if (read.length === 0) return h('p', { class: 'quiet' }, 'No client has read a setting.');
  const heads = ['Event', 'Client', 'Setting', 'Value', 'Layer', 'Read at', 'Overridden by', 'Known'];
  const rows = read.map(({ seq, data }) => {
    const { client, name, value, layer, origin, overriddenBy, mark } = data;
    const place = origin ? `${origin.file}:${origin.line}:${origin.column}` : '';
    return h(
      'tr',
      { class: overriddenBy === null ? '' : 'void' },
      h('td', {}, h('a', { href: linkTo(seq), 'aria-label': `event ${seq}` }, `#${seq}`)),
      [client, name, value, layer, place, overriddenBy ?? '', mark].map((cell) => h('td', {}, cell)),
    );
  });
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Settings' },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heads.map((name) => h('th', { scope: 'col' }, name)),
        ),
      ),
      h('tbody', {}, rows),
    ),
  );
}
