/** A configuration file of .NET without its secrets: comments go, names of elements and attributes that are known stay. */
import type { Redactor } from './redactor.ts';

const marks = /(<!--[\s\S]*?(?:-->|$))|(<!\[CDATA\[[\s\S]*?(?:\]\]>|$))|(<\?[\s\S]*?\?>)|(<[^<>]*>?)|([^<]+)/g;

/** Elements and attributes whose names the framework knows; all others are somebody's. */
const known =
  /^(?:xmlns|xml|version|encoding|configuration|configSections|sectionGroup|section|system\.net|system\.\w+|defaultProxy|proxy|bypasslist|module|add|remove|clear|settings|webProxyScript|runtime|gcServer|gcConcurrent|appSettings|startup|supportedRuntime|connectionStrings|assemblyBinding|dependentAssembly|assemblyIdentity|bindingRedirect|connectionManagement|authenticationModules|webRequestModules|mailSettings|requestCaching|enabled|useDefaultCredentials|usesystemdefault|proxyaddress|bypassonlocal|autoDetect|scriptLocation|address|type|name|key|value|downloadTimeout|autoConfigUrlRetryInterval|servicePointManager|httpWebRequest|ipv6|configSource|location|path|sku|lock\w+|expect100Continue)$/i;

const values =
  /^(?:true|false|unspecified|\d{1,3}(?:[:.]\d{1,3}){0,3}|0?\d:\d\d:\d\d|v4\.\d[\d.]*|utf-\d+|\.NETFramework,Version=v[\d.]+)$/i;

export const redactMarkup = (text: string, redactor: Redactor): string =>
  text.replace(marks, (mark: string, ...groups: (string | undefined)[]) => {
    const [comment, cdata, declaration, tag] = groups;
    if (comment !== undefined) return lines(comment);
    if (cdata !== undefined) return lines(cdata);
    if (declaration !== undefined) return mark;
    return tag === undefined ? lines(mark) : redactTag(tag, redactor);
  });

/** Only the line ends and blanks. */
const lines = (text: string): string => text.replace(/[^\s]/g, '');

const attribute = /([\w:.-]+)(\s*=\s*)("[^"]*"?|'[^']*'?)/g;

function redactTag(tag: string, redactor: Redactor): string {
  const element = /^<\/?\s*([\w:.-]+)/.exec(tag)?.[1] ?? '';
  const own = (name: string): string => (known.test(name) ? name : redactor.identifier(name));
  const head = /^<\/?\s*[\w:.-]*/.exec(tag)?.[0] ?? '<';
  const rest = tag.slice(head.length);
  const named = head.slice(0, head.length - element.length) + own(element);
  let at = 0;
  let redacted = '';
  for (const match of rest.matchAll(attribute)) {
    const [whole, name = '', equals = '', quoted = ''] = match;
    redacted += `${between(rest.slice(at, match.index))}${own(name)}${equals}${quoted.charAt(0)}`;
    const closed = quoted.length > 1 && quoted.endsWith(quoted.charAt(0));
    redacted += `${valueOf(element, name, quoted.slice(1, closed ? -1 : undefined), redactor)}${closed ? quoted.charAt(0) : ''}`;
    at = match.index + whole.length;
  }
  return `${named}${redacted}${between(rest.slice(at))}`;
}

/** Between attributes nothing but blanks and the end of the tag belongs. */
const between = (text: string): string => text.replace(/[^\s/>?]/g, '');

function valueOf(element: string, name: string, value: string, redactor: Redactor): string {
  if (values.test(value) || name.startsWith('xmlns')) return value;
  if (element === 'module' || name === 'type') return redactor.text(value);
  const plain = value.replace(/&(?:#x([\da-f]+)|#(\d+));/gi, (_, hex?: string, decimal?: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 62 && code < 0x10ffff ? String.fromCodePoint(code) : ' ';
  });
  return name === 'address' ? redactor.pattern(plain) : redactor.text(plain);
}
