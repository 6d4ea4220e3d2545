/**
 * Reads the element `<defaultProxy>` attribute by attribute. Names are case-sensitive, True and False are not.
 * Source: ProxyElement and DefaultProxySection of the framework; texts are its resource strings.
 */
import { emptySection } from './layers.ts';
import type { DefaultProxySection, Setting, SettingFault } from './layers.ts';
import { uriFault } from './net-uri.ts';
import type { XmlAttribute, XmlElement } from './xml.ts';

const configurationErrors = 'System.Configuration.ConfigurationErrorsException';

/** Attributes that any element of a configuration file may have. */
const common = ['lockAttributes', 'lockAllAttributesExcept', 'lockElements', 'lockAllElementsExcept', 'lockItem'];

type Faults = SettingFault[];

export function readSection(element: XmlElement, faults: Faults): DefaultProxySection {
  const reader = readerOf(element, faults);
  const section = {
    ...emptySection,
    origin: element.at,
    enabled: reader.boolean('enabled', 'Boolean'),
    useDefaultCredentials: reader.boolean('useDefaultCredentials', 'Boolean'),
  };
  reader.refuseOthers();
  const children = onlyOnce(element, ['proxy', 'bypasslist', 'module'], faults);
  const proxy = children.get('proxy');
  const bypasslist = children.get('bypasslist');
  const module = children.get('module');
  return {
    ...section,
    ...(proxy ? readProxy(proxy, faults) : {}),
    ...(bypasslist ? { bypasslist: readBypassList(bypasslist, faults) } : {}),
    ...(module ? { module: readModule(module, faults) } : {}),
  };
}

function readProxy(element: XmlElement, faults: Faults): Partial<DefaultProxySection> {
  const reader = readerOf(element, faults);
  const values = {
    usesystemdefault: reader.boolean('usesystemdefault', 'UseSystemDefaultValues'),
    bypassonlocal: reader.boolean('bypassonlocal', 'BypassOnLocalValues'),
    autoDetect: reader.boolean('autoDetect', 'AutoDetectValues'),
    proxyaddress: reader.uri('proxyaddress'),
    scriptLocation: reader.uri('scriptLocation'),
  };
  reader.refuseOthers();
  onlyOnce(element, [], faults);
  return values;
}

function readModule(element: XmlElement, faults: Faults): Setting<string> | undefined {
  const reader = readerOf(element, faults);
  const type = reader.text('type');
  reader.refuseOthers();
  return type;
}

/** `add`, `remove` and `clear`, in the order they stand. */
function readBypassList(element: XmlElement, faults: Faults): Setting<string>[] {
  readerOf(element, faults).refuseOthers();
  let list: Setting<string>[] = [];
  for (const child of element.children) {
    if (child.name === 'clear') {
      list = [];
      continue;
    }
    if (child.name !== 'add' && child.name !== 'remove') {
      faults.push(faultAt(child.at, `Unrecognized element '${child.name}'.`));
      continue;
    }
    const reader = readerOf(child, faults);
    const address = reader.text('address');
    reader.refuseOthers();
    if (!address) faults.push(faultAt(child.at, "Required attribute 'address' not found."));
    else list = [...list.filter(({ value }) => value !== address.value), ...(child.name === 'add' ? [address] : [])];
  }
  return list;
}

function onlyOnce(element: XmlElement, allowed: readonly string[], faults: Faults): Map<string, XmlElement> {
  const found = new Map<string, XmlElement>();
  for (const child of element.children) {
    if (!allowed.includes(child.name)) faults.push(faultAt(child.at, `Unrecognized element '${child.name}'.`));
    else if (found.has(child.name))
      faults.push(faultAt(child.at, `The element <${child.name}> may only appear once in this section.`));
    else found.set(child.name, child);
  }
  return found;
}

function readerOf(element: XmlElement, faults: Faults) {
  const read = new Set(common);
  const take = (name: string): XmlAttribute | undefined => {
    read.add(name);
    return element.attributes.find((attribute) => attribute.name === name);
  };
  const text = (name: string): Setting<string> | undefined => {
    const attribute = take(name);
    return attribute && { value: attribute.value, origin: attribute.at };
  };
  return {
    text,
    boolean: (name: string, type: string): Setting<boolean> | undefined => {
      const attribute = take(name);
      if (!attribute) return undefined;
      const value = type === 'Boolean' ? attribute.value.trim().toLowerCase() : memberOf(attribute.value, name);
      if (value === 'unspecified') return undefined;
      if (value === 'true' || value === 'false') return { value: value === 'true', origin: attribute.at };
      faults.push(unparsable(element, attribute, `${attribute.value} is not a valid value for ${type}.`));
      return undefined;
    },
    /** An absolute URI of any scheme; the empty string is as good as no attribute. */
    uri: (name: string): Setting<string> | undefined => {
      const attribute = take(name);
      if (!attribute || attribute.value === '') return undefined;
      const wrong = uriFault(attribute.value);
      if (wrong === undefined) return { value: attribute.value, origin: attribute.at };
      faults.push(unparsable(element, attribute, wrong));
      return undefined;
    },
    /** Attributes that nobody read, and words between the elements. */
    refuseOthers: (): void => {
      for (const { name, at } of element.attributes) {
        if (read.has(name) || name.startsWith('xmlns')) continue;
        faults.push(faultAt(at, `Unrecognized attribute '${name}'. Note that attribute names are case-sensitive.`));
      }
      if (element.words)
        faults.push(faultAt(element.words, 'The configuration section cannot contain a CDATA or text element.'));
    },
  };
}

/**
 * The member of the framework's enumeration. EnumConverter takes numbers, too: 1, 0 and -1, and others, which equal no
 * member: for usesystemdefault that is Unspecified, for the others it is there and not True.
 */
function memberOf(text: string, name: string): string {
  const word = text.trim().toLowerCase();
  if (!/^[+-]?\d+$/.test(word) || Math.abs(Number(word)) > 0x7fff_ffff) return word;
  if (Number(word) === 1) return 'true';
  const other = name === 'usesystemdefault' ? 'unspecified' : 'false';
  return Number(word) === 0 ? 'false' : Number(word) === -1 ? 'unspecified' : other;
}

const unparsable = (element: XmlElement, { name, value, at }: XmlAttribute, why: string): SettingFault => ({
  ...faultAt(at, `The value of the property '${name}' cannot be parsed. The error is: ${why}`),
  written: { name: `${element.name}.${name}`, value },
});

const faultAt = (at: XmlElement['at'], text: string): SettingFault => ({
  name: configurationErrors,
  text: `${text} (${at.file} line ${at.line})`,
  origin: at,
  mark: 'inferred',
});
