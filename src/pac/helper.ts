/**
 * What a PAC helper is: a name, and for each family of clients the JavaScript that runs inside the sandbox.
 *
 * The text of a variant runs in the realm of the script, so helpers are as exposed to the script as they are in the
 * client: they use the realm's own `Date`, they call each other by their global names, and a script may replace them.
 */
export interface Helper {
  readonly name: string;
  readonly summary: string;
  readonly variants: Readonly<Record<string, HelperVariant>>;
}

export interface HelperVariant {
  /** `script`: part of the client's own JavaScript, cannot be redeclared; `native`: a function of the client; `value`. */
  readonly kind: 'script' | 'native' | 'value';
  /** Names of the parameters; null: the body reads `arguments`. */
  readonly parameters: readonly string[] | null;
  /** `length` of the function, where it is not the number of parameters. */
  readonly length?: number;
  /** Function body; for a `value` an expression. */
  readonly body: string;
}

export const script = (parameters: readonly string[] | null, body: string): HelperVariant => ({
  kind: 'script',
  parameters,
  body,
});
export const native = (parameters: readonly string[] | null, body: string): HelperVariant => ({
  kind: 'native',
  parameters,
  body,
});
