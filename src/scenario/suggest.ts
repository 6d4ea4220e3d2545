/** "Did you mean": the nearest known word to one that nobody knows. */

/** How many single edits (insert, drop, replace, swap two neighbours) lead from one word to the other. */
export function editDistance(left: string, right: string): number {
  const rows: number[][] = [Array.from({ length: right.length + 1 }, (_, index) => index)];
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1];
      let best = Math.min(cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      if (swapped) best = Math.min(best, cell(i - 2, j - 2) + 1);
      row.push(best);
    }
  }
  return cell(left.length, right.length);
}

const longestWord = 80;

/** The word that was probably meant, or undefined when none is near. */
export function nearest(word: string, words: Iterable<string>): string | undefined {
  if (word.length > longestWord) return undefined;
  const lower = word.toLowerCase();
  const reach = Math.max(1, Math.floor(word.length / 3));
  let best: { word: string; distance: number } | undefined;
  for (const candidate of words) {
    if (Math.abs(candidate.length - word.length) > reach) continue;
    const distance = editDistance(lower, candidate.toLowerCase());
    if (distance <= reach && distance < candidate.length && distance < (best?.distance ?? Infinity))
      best = { word: candidate, distance };
  }
  return best?.word;
}

const shortestStart = 3;
const fewExtensions = 3;

/** Words that go on where this one stops, when they are few. */
function extensionsOf(word: string, words: readonly string[]): string[] {
  if (word.length < shortestStart) return [];
  const longer = words.filter((each) => each.toLowerCase().startsWith(word.toLowerCase()));
  return longer.length <= fewExtensions ? longer : [];
}

const shortList = 12;

/**
 * A hint for an unknown word: the nearest one, or all of them when they are few; undefined when neither helps.
 * Words of `likelier` (those not used yet) are thought of first.
 */
export function suggest(word: string, words: readonly string[], likelier: readonly string[] = []): string | undefined {
  const meant = nearest(word, likelier) ?? nearest(word, words);
  if (meant !== undefined) return `did you mean '${meant}'?`;
  const longer = extensionsOf(word, words);
  if (longer.length > 0) return `did you mean ${longer.map((each) => `'${each}'`).join(' or ')}?`;
  if (words.length === 0 || words.length > shortList) return undefined;
  return words.length === 1 ? `only '${words[0]}' is known here` : `known here: ${words.join(', ')}`;
}
