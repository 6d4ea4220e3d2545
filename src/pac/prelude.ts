/**
 * The JavaScript that prepares a realm before the PAC file: helpers of the profile, and the functions through which the
 * host calls the script.
 *
 * Everything the host later relies on is captured in one closure, so a script that tampers with prototypes harms only
 * itself. Values leave the realm as JSON text that is built from primitives, because `JSON.stringify` of an object asks
 * the script's own `toJSON`.
 */
import type { HelperVariant } from './helper.ts';
import { helpers } from './helpers/index.ts';
import { guards } from './prelude-guards.ts';
import { prune, quietConsole } from './prelude-globals.ts';
import { common, door } from './prelude-text.ts';
import type { Profile } from './profile.ts';

/** File name of the user's script inside the engine; frames of the stack carry it. */
export const scriptName = 'pac:script';
export const preludeName = 'pac:helpers';

/** Separates URL from host and one request from the next in the text of a batch; occurs in neither. */
export const batchSeparator = '\n';

/** Source of a function expression; called with (global, host function) it sets the realm up and gives its door. */
export function preludeFor(profile: Profile): string {
  const definitions = variantsOf(profile).map(([name, variant]) => definition(name, variant, profile.script.natives));
  return `(function (global, host) {
${common}
${definitions.join('\n')}
${guards}
${profile.script.console ? quietConsole : ''}
${profile.script.absent
  .map(
    (name) =>
      `delete global${name
        .split('.')
        .map((part) => `[${JSON.stringify(part)}]`)
        .join('')};`,
  )
  .join('\n')}
${profile.script.language === 'jscript' ? prune : ''}
${entryText(profile.script.entries)}
${door}
})`;
}

/** Helpers of a profile in the order in which its client defines them. */
function variantsOf(profile: Profile): [string, HelperVariant][] {
  return Object.entries(profile.helpers).flatMap(([name, choice]) => {
    const variant = helpers.find((helper) => helper.name === name)?.variants[choice];
    return variant ? [[name, variant] as [string, HelperVariant]] : [];
  });
}

/**
 * What stands before the PAC file where helpers and file are one source. Directives and `#!` are then not at the start,
 * and the tables of the helpers are assigned after functions of the same name have been hoisted. One line.
 */
export const concatenatedHead = (profile: Profile): string =>
  profile.script.concatenated
    ? `${variantsOf(profile)
        .filter(([, variant]) => variant.kind === 'value')
        .map(([name, variant]) => `${name} = ${variant.body};`)
        .join(' ')} 0;\n`
    : '';

function definition(name: string, variant: HelperVariant, natives: Profile['script']['natives']): string {
  const quoted = JSON.stringify(name);
  if (variant.kind === 'value') return `define(${quoted}, ${variant.body}, false);`;
  const parameters = variant.parameters?.join(', ') ?? '';
  const passed = variant.parameters ? `trimmed([${parameters}])` : 'arguments';
  const plain = `plain_${name}`;
  const inner = `(${parameters}) {
  if (special) {
    ${variant.kind === 'script' ? 'if (doomed) for (;;); // V8 stops here: a function of its own is entered' : ''}
    if (tracing) return traced(${quoted}, ${plain}, ${passed});
  }
  ${variant.body}
}`;
  // A method is no constructor, as a native function of a client is none.
  const outer = variant.kind === 'native' ? `({ ${name}${inner} }).${name}` : `function ${name}${inner}`;
  if (variant.kind === 'script')
    return `function ${plain}(${parameters}) { ${variant.body} }\ndefine(${quoted}, ${outer}, false);`;
  return `function ${plain}(${parameters}) { ${variant.body} }
define(${quoted}, asNative(${natives === 'anonymous' ? `'', 0` : `${quoted}, ${variant.length ?? variant.parameters?.length ?? 0}`}, ${outer}), true, ${natives === 'named'});`;
}

/** The entry functions are methods of the global object, so `this` is that object even in strict functions. */
const entryText = (entries: readonly string[]): string => `
function entry() {
  ${entries.map((name) => `if (typeof global.${name} === 'function') return '${name}';`).join('\n  ')}
  return '';
}
function ask_entry(url, name) {
  ${entries.map((name) => `if (typeof global.${name} === 'function') return global.${name}(url, name);`).join('\n  ')}
  return missing;
}`;
