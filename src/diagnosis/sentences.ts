/** What rules say of everybody: sentences in which nothing of a trace stands. */
import { rules } from './rules.ts';

export const ownSentences = (): ReadonlySet<string> =>
  new Set(
    rules.flatMap(({ fix, refutedIf, alternatives }) => [
      fix,
      refutedIf,
      ...alternatives.map(({ tellApart }) => tellApart),
    ]),
  );
