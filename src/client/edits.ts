/** Settings that were edited while a program ran. It reads files and registry when it starts, and not before. */
import { settingLines } from '../settings/index.ts';
import type { ClientSettings } from '../settings/index.ts';
import { withoutPasswords } from './mask.ts';
import type { ClientInit, ClientTools } from './tools.ts';

export class Edits {
  readonly #init: ClientInit;
  readonly #tools: ClientTools;
  #edited: ClientSettings | undefined;

  constructor(init: ClientInit, tools: ClientTools) {
    this.#init = init;
    this.#tools = tools;
  }

  /** What stands there now. Tells what is new and what is gone, as a comparison with a copy of the files shows it. */
  put(settings: ClientSettings): void {
    const { name: client } = this.#init;
    const { pen } = this.#tools;
    const was = linesOf(this.#edited ?? this.#init.settings);
    const is = linesOf(settings);
    for (const line of without(was, is)) pen.write('settings.edited', { client, what: 'gone', ...line });
    for (const line of without(is, was)) pen.write('settings.edited', { client, what: 'new', ...line });
    this.#edited = settings;
  }

  /** The program starts, and goes by what stands there. */
  apply(): void {
    if (this.#edited) Object.assign(this.#init, { settings: this.#edited });
    this.#edited = undefined;
  }
}

type Line = Pick<ReturnType<typeof settingLines>[number], 'name' | 'value' | 'layer' | 'origin'>;

const linesOf = (settings: ClientSettings): Line[] =>
  settingLines(settings).map(({ name, value, layer, origin }) => ({
    name,
    value: withoutPasswords(value),
    layer,
    origin,
  }));

/** Those of the first that the second has not, wherever they stand. */
const without = (lines: readonly Line[], others: readonly Line[]): Line[] =>
  lines.filter(
    ({ name, value, layer }) =>
      !others.some((other) => other.name === name && other.value === value && other.layer === layer),
  );
