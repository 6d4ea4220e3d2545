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
import { common, door, prune, quietConsole } from './prelude-text.ts';
import type { Profile } from './profile.ts';

/** File name of the user's script inside the engine; frames of the stack carry it. */
export const scriptName = 'pac:script';
export const preludeName = 'pac:helpers';

/** Separates URL from host and one request from the next in the text of a batch; occurs in neither. */
export const batchSeparator = '\n';

/** Source of a function expression; called with (global, host function) it sets the realm up and gives its door. */
export function preludeFor(profile: Profile): string {
  const definitions = helpers.flatMap((helper) => {
    const variant = helper.variants[profile.helpers[helper.name] ?? ''];
    return variant ? [definition(helper.name, variant, profile.script.natives)] : [];
  });
  return `(function (global, host) {
${common}
${definitions.join('\n')}
${profile.script.console ? quietConsole : ''}
${profile.script.absent.map((name) => `delete global[${JSON.stringify(name)}];`).join('\n')}
${profile.script.language === 'jscript' ? prune : ''}
var entries = ${JSON.stringify(profile.script.entries)};
${door}
})`;
}

function definition(name: string, variant: HelperVariant, natives: Profile['script']['natives']): string {
  const quoted = JSON.stringify(name);
  if (variant.kind === 'value') return `define(${quoted}, ${variant.body}, false);`;
  const parameters = variant.parameters?.join(', ') ?? '';
  const passed = variant.parameters ? `trimmed([${parameters}])` : 'arguments';
  const plain = `plain_${name}`;
  const outer = `function ${name}(${parameters}) {
  if (tracing) return traced(${quoted}, ${plain}, ${passed});
  ${variant.body}
}`;
  if (variant.kind === 'script')
    return `function ${plain}(${parameters}) { ${variant.body} }\ndefine(${quoted}, ${outer}, false);`;
  return `function ${plain}(${parameters}) { ${variant.body} }
define(${quoted}, asNative(${natives === 'anonymous' ? `'', 0` : `${quoted}, ${variant.length ?? variant.parameters?.length ?? 0}`}, ${outer}), true, ${natives === 'named'});`;
}
