/** Scripts of a lab for programs: as they were sent, with what a client of some profile would have made of them. */
import { scriptsOf } from './api.ts';
import { h, show } from './dom.ts';
import { scriptView } from './script-view.ts';

const profiles = ['chromium', 'firefox', 'winhttp', 'node', 'dotnet-framework'];

export interface OutsideScripts {
  readonly element: HTMLElement;
  renew: () => Promise<void>;
}

export function outsideScripts(linkTo: (seq: number) => string): OutsideScripts {
  const select = h(
    'select',
    { id: 'profile' },
    profiles.map((name) => h('option', { value: name }, name)),
  );
  const place = h('div', { 'aria-live': 'polite' }, h('p', { class: 'quiet' }, 'No program has read a proxy script.'));
  const renew = async (): Promise<void> => {
    const { events, reached } = await scriptsOf(select.value);
    show(place, scriptView(events, reached, linkTo));
  };
  select.addEventListener('change', () => void renew());
  const says = 'Programs evaluate scripts by themselves; these are the values that the lab gets, by the rules of';
  return {
    element: h('div', {}, h('p', { class: 'bar' }, h('label', { for: 'profile' }, says), select), place),
    renew,
  };
}
