/** A filter's text in its parts. What is in none of these shapes is not understood. */

export class NotUnderstood extends Error {
  readonly part: string;

  constructor(part: string) {
    super(`'${part}' is not understood`);
    this.part = part;
  }
}

export interface Token {
  kind: 'word' | 'text' | 'sign';
  text: string;
}

const shapes =
  /\s*(?:(?<sign>&&|\|\||==|!=|~=|>=|<=|[!(){}[\],<>=])|"(?<text>[^"]*)"|(?<word>[\w*][\w.:*/-]*)|(?<other>\S+))/y;

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const trimmed = text.trim();
  shapes.lastIndex = 0;
  while (shapes.lastIndex < trimmed.length) {
    const { sign, text: quoted, word, other } = shapes.exec(trimmed)?.groups ?? {};
    if (other !== undefined) throw new NotUnderstood(other);
    tokens.push(
      sign !== undefined
        ? { kind: 'sign', text: sign }
        : quoted === undefined
          ? { kind: 'word', text: word ?? '' }
          : { kind: 'text', text: quoted },
    );
  }
  return tokens;
}

/** Reads tokens one after the other. */
export class Tokens {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  get next(): Token | undefined {
    return this.#tokens[this.#at];
  }

  take(): Token {
    const token = this.next;
    if (!token) throw new NotUnderstood('the end');
    this.#at += 1;
    return token;
  }

  /** Takes the next one when it is one of these words or signs, whatever their case. */
  takes(...words: string[]): boolean {
    const { next } = this;
    if (!next || next.kind === 'text' || !words.includes(next.text.toLowerCase())) return false;
    this.#at += 1;
    return true;
  }

  need(sign: string): void {
    if (!this.takes(sign)) throw new NotUnderstood(this.next?.text ?? 'the end');
  }
}
