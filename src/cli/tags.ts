/** `auth and not (slow or broken)`: which scenarios to take, by their tags. */
import { misused } from './usage.ts';

export type TagFilter = (tags: readonly string[]) => boolean;

interface Reader {
  peek: () => string | undefined;
  next: () => string | undefined;
  fail: (message: string) => never;
}

/** Reads an expression of tags with `and`, `or`, `not` and parentheses; `not` binds first, then `and`. */
export function parseTags(text: string): TagFilter {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let index = 0;
  const reader: Reader = {
    peek: () => tokens[index],
    next: () => tokens[index++],
    fail(message) {
      throw misused(`--tag '${text}': ${message}`, "such as --tag 'auth and not slow'");
    },
  };
  const filter = either(reader);
  const rest = reader.peek();
  return rest === undefined
    ? filter
    : reader.fail(rest === ')' ? "')' closes nothing" : `'${rest}' needs 'and' or 'or' before it`);
}

function either(reader: Reader): TagFilter {
  const left = both(reader);
  if (reader.peek() !== 'or') return left;
  reader.next();
  const right = either(reader);
  return (tags) => left(tags) || right(tags);
}

function both(reader: Reader): TagFilter {
  const left = single(reader);
  if (reader.peek() !== 'and') return left;
  reader.next();
  const right = both(reader);
  return (tags) => left(tags) && right(tags);
}

function single(reader: Reader): TagFilter {
  const token = reader.next();
  if (token === undefined) return reader.fail('a tag is missing at the end');
  if (token === 'not') {
    const inner = single(reader);
    return (tags) => !inner(tags);
  }
  if (token === '(') {
    const inner = either(reader);
    return reader.next() === ')' ? inner : reader.fail("a ')' is missing");
  }
  if (token === ')' || token === 'and' || token === 'or') return reader.fail(`a tag is missing before '${token}'`);
  return (tags) => tags.includes(token);
}
