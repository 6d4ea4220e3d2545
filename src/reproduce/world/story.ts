/** The scenario that is being written: its values, where each came from, and what nobody said. */

export type Path = readonly (string | number)[];

export class Story {
  /** Without prototypes: keys are names of customers' hosts, and one may be called `__proto__`. */
  readonly root: Record<string, unknown> = bare();
  readonly sources = new Map<string, string>();
  readonly assumptions: string[] = [];
  /** What the files show and the scenario does not play. */
  readonly left: string[] = [];

  /** Makes the mappings above. `from` says where it was read. */
  set(path: Path, value: unknown, from?: string): void {
    let at = this.root;
    for (const key of path.slice(0, -1)) {
      at[key] ??= bare();
      at = at[key] as Record<string, unknown>;
    }
    at[String(path.at(-1))] = value;
    if (from !== undefined && from !== '') this.sources.set(keyOf(path), from);
  }

  get(path: Path): unknown {
    return path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], this.root);
  }

  /** Adds to a list. */
  add(path: Path, value: unknown, from?: string): void {
    const list = (this.get(path) as unknown[] | undefined) ?? [];
    this.set(path, [...list, value]);
    if (from !== undefined && from !== '') this.sources.set(keyOf([...path, list.length]), from);
  }

  assume(says: string): void {
    if (!this.assumptions.includes(says)) this.assumptions.push(says);
  }

  leave(says: string): void {
    if (!this.left.includes(says)) this.left.push(says);
  }
}

const bare = (): Record<string, unknown> => Object.create(null) as Record<string, unknown>;

export const keyOf = (path: Path): string => JSON.stringify(path.map(String));
