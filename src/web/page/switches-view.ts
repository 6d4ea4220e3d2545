/** What of the lab can be changed: a choice of behaviours for each part, and everything else as in the scenario file. */
import { change } from './api.ts';
import type { Behaviour, Behaviours, Setting } from './api.ts';
import { h } from './dom.ts';

type Changed = () => void;

export function switchesView(settings: readonly Setting[], behaviours: Behaviours, changed: Changed): HTMLElement {
  const parts = settings.filter(({ path }) => path.endsWith('.behaviour'));
  const rest = settings.filter(({ path }) => !path.endsWith('.behaviour'));
  const kindsFor = (path: string): readonly Behaviour[] =>
    path.startsWith('proxies.') ? behaviours.proxies : path.startsWith('hosts.') ? behaviours.hosts : behaviours.dns;
  const switches = (some: readonly Setting[]): HTMLElement[] =>
    some.map((setting) => switchOf(setting, rulesOf(setting, settings), kindsFor(setting.path), changed));
  const hosts = parts.filter(({ path }) => path.startsWith('hosts.'));
  const others = parts.filter((setting) => !hosts.includes(setting));
  return h(
    'div',
    {},
    switches(others),
    hosts.length > fewHosts
      ? h('details', { id: 'hosts' }, h('summary', {}, `${hosts.length} hosts`), switches(hosts))
      : switches(hosts),
    h(
      'details',
      { id: 'rest' },
      h('summary', {}, 'Rules, records, resources'),
      rest.map((setting) => editorOf(setting, changed)),
    ),
  );
}

/** More of them stay folded until somebody wants one. */
const fewHosts = 4;

const rulesOf = ({ path }: Setting, settings: readonly Setting[]): Setting | undefined =>
  settings.find((other) => other.path === path.replace(/behaviour$/, 'rules'));

const kindOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null && 'kind' in value ? String(value.kind) : '';
};

const partOf = (path: string): string =>
  path
    .replace(/\.behaviour$/, '')
    .replace(/^proxies\./, 'proxy ')
    .replace(/^hosts\./, 'host ')
    .replace(/^dns$/, 'DNS');

function switchOf(
  setting: Setting,
  rules: Setting | undefined,
  kinds: readonly Behaviour[],
  changed: Changed,
): HTMLElement {
  const { path, value } = setting;
  const current = kindOf(value);
  const byRules = value === null && Array.isArray(rules?.value) && rules.value.length > 0;
  const id = `switch-${path}`;
  const problem = h('p', { class: 'problem', role: 'alert' });
  const editor = h('div', {});
  const says = h('p', { class: 'quiet', id: `${id}-says` }, kinds.find(({ kind }) => kind === current)?.summary ?? '');
  const select = h(
    'select',
    { id, 'aria-describedby': `${id}-says` },
    h('option', { value: '', selected: current === '' }, byRules ? 'by its rules' : 'healthy'),
    byRules && h('option', { value: 'healthy' }, 'healthy: no rules'),
    kinds.map(({ kind }) => h('option', { value: kind, selected: kind === current }, kind)),
  );
  const put = (at: string, wanted: unknown): void => {
    problem.textContent = '';
    change(at, wanted).then(changed, (error: Error) => {
      problem.textContent = error.message;
    });
  };
  select.addEventListener('change', () => {
    const chosen = kinds.find(({ kind }) => kind === select.value);
    says.textContent = chosen?.summary ?? '';
    editor.replaceChildren();
    if (!chosen) put(path.replace(/behaviour$/, 'rules'), []);
    else if (!needsOptions(chosen)) put(path, { kind: chosen.kind });
    else {
      const field = jsonField(`${id}-options`, `Options of ${chosen.kind}`, skeletonOf(chosen), (wanted) =>
        put(path, wanted),
      );
      editor.append(field);
      editor.querySelector('textarea')?.focus();
    }
  });
  if (typeof value === 'object' && value !== null && Object.keys(value).length > 1)
    editor.append(
      h(
        'details',
        {},
        h('summary', {}, 'Options'),
        jsonField(`${id}-options`, `Options of ${current}`, value, (wanted) => put(path, wanted)),
      ),
    );
  return h(
    'div',
    { class: 'switch' },
    h('label', { for: id }, partOf(path), changedMark(setting)),
    select,
    says,
    editor,
    problem,
  );
}

const changedMark = ({ changed }: Setting): HTMLElement | false =>
  changed && h('span', { class: 'changed' }, ' (changed)');

const needsOptions = ({ options }: Behaviour): boolean => (options.required ?? []).some((name) => name !== 'kind');

/** The options that must be given, to be filled in. */
const skeletonOf = ({ kind, options }: Behaviour): object =>
  Object.fromEntries([
    ['kind', kind],
    ...(options.required ?? []).filter((name) => name !== 'kind').map((name) => [name, '']),
  ]);

function editorOf(setting: Setting, changed: Changed): HTMLElement {
  const { path, value } = setting;
  const problem = h('p', { class: 'problem', role: 'alert' });
  const apply = (wanted: unknown): void => {
    problem.textContent = '';
    change(path, wanted).then(changed, (error: Error) => {
      problem.textContent = error.message;
    });
  };
  return h('div', { class: 'switch' }, jsonField(`set-${path}`, path, value, apply, changedMark(setting)), problem);
}

function jsonField(
  id: string,
  title: string,
  value: unknown,
  apply: (value: unknown) => void,
  mark: HTMLElement | false = false,
): HTMLElement {
  const text = JSON.stringify(value, null, 1);
  const field = h('textarea', { id, rows: Math.min(10, text.split('\n').length), spellcheck: 'false' }, text);
  const act = (): void => {
    field.setCustomValidity('');
    try {
      apply(JSON.parse(field.value));
    } catch (error) {
      field.setCustomValidity(`this is no JSON: ${(error as Error).message}`);
      field.reportValidity();
    }
  };
  return h(
    'div',
    {},
    h('label', { for: id }, title, mark),
    field,
    h('button', { type: 'button', 'aria-label': `Apply ${title}`, onclick: act }, 'Apply'),
  );
}
