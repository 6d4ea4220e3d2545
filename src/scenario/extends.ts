/** `extends: name` in a section: the preset of that name lies below, what the file says lies on top. */
import type { Problem } from '../failure.ts';
import type { Document } from './document.ts';
import { isMapping } from './matrix.ts';
import { suggest } from './suggest.ts';

/** Presets by name, each the plain value of a section. A preset may extend another. */
export type Presets = Readonly<Record<string, unknown>>;

/** The section without its `extends`, laid over the presets it names. Mappings merge deeply, lists are replaced. */
export function extendSection(
  document: Document,
  section: string,
  value: unknown,
  presets: Presets,
): { value: unknown; problems: Problem[] } {
  if (!isMapping(value) || value['extends'] === undefined) return { value, problems: [] };
  const { extends: wanted, ...own } = value;
  const names: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  const problems: Problem[] = [];
  let below: unknown = {};
  for (const [index, name] of names.entries()) {
    const path = [section, 'extends', ...(Array.isArray(wanted) ? [index] : [])];
    if (typeof name !== 'string')
      problems.push(document.problem(path, 'extends takes the name of a preset, or a list of names'));
    else if (!Object.hasOwn(presets, name))
      problems.push(document.problem(path, `unknown preset '${name}'`, { hint: suggest(name, Object.keys(presets)) }));
    else below = merge(below, presetOf(name, presets, []));
  }
  return { value: merge(below, own), problems };
}

function presetOf(name: string, presets: Presets, above: readonly string[]): unknown {
  // The presets are ours: a loop or a missing one is a bug, and may be rude.
  if (above.includes(name)) throw new Error(`preset '${name}' extends itself`);
  const preset = presets[name];
  if (!isMapping(preset) || preset['extends'] === undefined) return preset;
  const { extends: next, ...own } = preset;
  const names = [next].flat().map(String);
  const below = names.reduce<unknown>((sum, each) => merge(sum, presetOf(each, presets, [...above, name])), {});
  return merge(below, own);
}

function merge(below: unknown, above: unknown): unknown {
  if (!isMapping(below) || !isMapping(above)) return above;
  // Another kind has other options: those of the preset would be mistakes there.
  if (above['kind'] !== undefined && above['kind'] !== below['kind']) return above;
  const merged = Object.entries(above).map(([key, value]) => [
    key,
    Object.hasOwn(below, key) ? merge(below[key], value) : value,
  ]);
  return { ...below, ...Object.fromEntries(merged) };
}
