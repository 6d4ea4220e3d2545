/** Tabs as the ARIA practices have them: one stop of the Tab key, arrows between them. A panel is made when it is first seen. */
import { h, show } from './dom.ts';

export interface Tab {
  name: string;
  title: string;
  /** Made anew each time it is asked for. */
  make: () => Node;
}

export interface Tabs {
  readonly element: HTMLElement;
  readonly current: string;
  select: (name: string) => void;
  /** Makes what is shown again. */
  refresh: () => void;
}

export function tabsOf(label: string, tabs: readonly Tab[], onSelect: (name: string) => void): Tabs {
  let current = tabs[0]?.name ?? '';
  const panel = h('div', { role: 'tabpanel', id: 'panel', tabindex: 0 });
  const buttons = tabs.map(({ name, title }) =>
    h(
      'button',
      { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': 'panel', onclick: () => onSelect(name) },
      title,
    ),
  );
  const draw = (): void => {
    for (const [index, button] of buttons.entries()) {
      const chosen = tabs[index]?.name === current;
      button.setAttribute('aria-selected', String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    }
    panel.setAttribute('aria-labelledby', `tab-${current}`);
    const made = tabs.find(({ name }) => name === current)?.make();
    if (made && made !== panel.firstChild) show(panel, made);
  };
  const bar = h('div', { role: 'tablist', 'aria-label': label }, buttons);
  bar.addEventListener('keydown', ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step === undefined) return;
    const at = buttons.findIndex((button) => button === document.activeElement);
    const next = (at + step + buttons.length) % buttons.length;
    const tab = tabs[next];
    if (!tab) return;
    onSelect(tab.name);
    buttons[next]?.focus();
  });
  return {
    element: h('div', { class: 'tabs' }, bar, panel),
    get current() {
      return current;
    },
    select(name) {
      if (tabs.some((tab) => tab.name === name)) current = name;
      draw();
    },
    refresh: draw,
  };
}
