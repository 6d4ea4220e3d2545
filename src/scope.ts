/** Ordered disposal: what was started last stops first. Node 20 has no AsyncDisposableStack. */

type Disposer = () => void | Promise<void>;

export class Scope implements AsyncDisposable {
  #disposers: Disposer[] = [];

  /** Takes ownership of a started thing and hands it back. */
  use<T extends AsyncDisposable | Disposable>(thing: T): T {
    this.#disposers.push(() =>
      Symbol.asyncDispose in thing ? Promise.resolve(thing[Symbol.asyncDispose]()) : thing[Symbol.dispose](),
    );
    return thing;
  }

  defer(disposer: Disposer): void {
    this.#disposers.push(disposer);
  }

  /** Hands everything to a new scope; this one then disposes nothing. */
  move(): Scope {
    const next = new Scope();
    next.#disposers = this.#disposers;
    this.#disposers = [];
    return next;
  }

  /** Disposes all, even when one fails; throws the first failure at the end. Idempotent. */
  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = [];
    for (let disposer = this.#disposers.pop(); disposer; disposer = this.#disposers.pop()) {
      try {
        await disposer();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
