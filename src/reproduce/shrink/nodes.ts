/** Parts of a YAML document that may be left out, from the whole to the detail. */
import { isMap, isScalar, isSeq } from 'yaml';
import type { Document } from 'yaml';

export type Path = readonly (string | number)[];

/** Never tried: without these it is no scenario, or nothing would be asked of it. */
const needed = new Set(['version', 'id', 'name', 'expect']);

/** Paths of all keys and entries, those of the top first, each list from its end. */
export function partsOf(document: Document): Path[] {
  const levels: Path[][] = [];
  const walk = (node: unknown, path: Path): void => {
    const own: [string | number, unknown][] = isMap(node)
      ? node.items.map(({ key, value }) => [String(isScalar(key) ? key.value : key), value])
      : isSeq(node)
        ? node.items.map((value, index) => [index, value])
        : [];
    for (const [key, value] of own.toReversed()) {
      const at = [...path, key];
      if (path.length === 0 && needed.has(String(key))) continue;
      (levels[path.length] ??= []).push(at);
      walk(value, at);
    }
  };
  walk(document.contents, []);
  return levels.flat();
}
