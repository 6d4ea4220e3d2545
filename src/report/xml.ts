/** XML text that every parser accepts: escaped, and free of characters that XML 1.0 does not have. */

/** Everything outside of XML 1.0's `Char`, lone surrogates included. */
const illegal = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

export const xmlText = (text: string): string =>
  text
    .replace(illegal, '?')
    .replace(/[&<>]/g, (char) => escapes[char] ?? char)
    .replaceAll('\r', '&#13;');

/** A value between double quotes; line breaks and tabs survive there only as references. */
export const xmlValue = (text: string): string =>
  xmlText(text)
    .replace(/["']/g, (char) => escapes[char] ?? char)
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;');

/** An element with its attributes; `inner` is XML already. */
export function element(name: string, attributes: Readonly<Record<string, string | number>>, inner = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${xmlValue(String(value))}"`);
  return inner === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${inner}</${name}>`;
}
