/** The scenario as a file: YAML with a comment wherever a value was read from a file. */
import { Document, isMap, isScalar, isSeq } from 'yaml';
import type { Node, Pair } from 'yaml';

import { keyOf } from './world/story.ts';
import type { Story } from './world/story.ts';

export interface Heading {
  /** Lines of comment at the top. */
  lines: readonly string[];
}

export function writeScenario(story: Story, { lines }: Heading): string {
  const document = new Document(story.root);
  comment(document.contents, [], story.sources);
  const head = ['yaml-language-server: $schema=./scenario.schema.json', ...lines].map((line) => `# ${line}`.trimEnd());
  return `${head.join('\n')}\n${document.toString({ lineWidth: 110, flowCollectionPadding: true })}`;
}

/** A value of one line has its source behind it, a mapping or a list before it. */
function comment(node: unknown, path: readonly string[], sources: ReadonlyMap<string, string>): void {
  if (isMap(node)) {
    if (path.length > 0 && isShort(node) && !hasSources(path, sources)) node.flow = true;
    for (const pair of node.items) {
      const at = [...path, String(isScalar(pair.key) ? pair.key.value : pair.key)];
      const from = sources.get(keyOf(at));
      comment(pair.value, at, sources);
      if (from !== undefined) say(pair, from);
    }
  } else if (isSeq(node)) {
    if (node.items.every((item) => isScalar(item)) && !hasSources(path, sources)) node.flow = true;
    for (const [index, item] of node.items.entries()) {
      const from = sources.get(keyOf([...path, index]));
      if (from !== undefined) (item as Node).comment = ` ${from}`;
      comment(item, [...path, String(index)], sources);
    }
  }
}

function say(pair: Pair, from: string): void {
  const value = pair.value as Node | null;
  if (
    value &&
    ((isScalar(value) && !String(value.value).includes('\n')) || ((isMap(value) || isSeq(value)) && value.flow))
  )
    value.comment = ` ${from}`;
  else if (isScalar(pair.key)) pair.key.commentBefore = ` ${from}`;
}

/** Something below was read from a file, and says so on its own line. */
function hasSources(path: readonly string[], sources: ReadonlyMap<string, string>): boolean {
  const above = keyOf(path).slice(0, -1);
  return [...sources.keys()].some((key) => key.startsWith(`${above},`));
}

/** Small enough for one line. */
const isShort = (node: unknown): boolean =>
  isMap(node) &&
  node.items.length < 5 &&
  JSON.stringify(node.toJSON()).length < 90 &&
  node.items.every(
    ({ value }) => isScalar(value) || (isSeq(value) && value.items.every((item) => isScalar(item))) || isShort(value),
  );
