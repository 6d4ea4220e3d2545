/**
 * `.exe.config` and `machine.config`: finds `<configuration><system.net><defaultProxy>` and reads it as .NET's
 * configuration system does. What that system would refuse is a fault of the pretend world, in its own words;
 * what is no XML throws InputError.
 *
 * Texts of faults: the framework's resource strings. That a pasted fragment stops the program is inferred.
 */
import { InputError } from '../failure.ts';
import { readSection } from './default-proxy-section.ts';
import type { ExeConfig, SettingFault } from './layers.ts';
import { problemAt } from './source.ts';
import type { SourceText } from './source.ts';
import { timing } from './web-proxy-script.ts';
import { parseXml } from './xml.ts';
import type { XmlElement } from './xml.ts';

const configurationErrors = 'System.Configuration.ConfigurationErrorsException';

/** Section groups and sections that every machine.config declares, as far as people touch them here. */
const knownSections = ['configSections', 'system.net', 'runtime', 'appSettings', 'startup', 'system.serviceModel'];

/** Elements that are no sections of the root, but that a pasted fragment puts there. */
const strays = ['defaultProxy', 'proxy', 'bypasslist', 'module', 'gcServer', 'add', 'remove', 'clear', 'settings'];

const netSections = [
  'authenticationModules',
  'connectionManagement',
  'defaultProxy',
  'mailSettings',
  'requestCaching',
  'settings',
  'webRequestModules',
];

export function parseExeConfig(source: SourceText): ExeConfig {
  const roots = parseXml(source);
  const faults: SettingFault[] = [];
  const groups = netGroups(roots, source.file, faults);
  const sections = groups.flatMap(({ children }) => children).filter(({ name }) => name === 'defaultProxy');
  refuseConfigSource(source, [...groups, ...sections]);
  const [first, second] = sections;
  if (second) faults.push(fault(second, duplicate));
  const section = first && readSection(first, faults);
  return {
    file: source.file,
    section: faults.length > 0 ? undefined : section,
    fault: faults[0],
    ...timing(groups),
  };
}

const duplicate = 'Sections must only appear once per config file. See the help topic <location> for exceptions.';

/** The `<system.net>` groups; whatever stands where the configuration system allows nothing is a fault. */
function netGroups(roots: readonly XmlElement[], file: string, faults: SettingFault[]): XmlElement[] {
  const [root, other] = roots;
  if (root?.name !== 'configuration') {
    if (root) faults.push(initFault(root, `Configuration file ${file} does not have root <configuration> tag`));
    return [];
  }
  if (other) {
    const { line, column } = other.at;
    faults.push(initFault(other, `There are multiple root elements. Line ${line}, position ${column + 1}.`));
  }
  const declared = declaredSections(root);
  for (const child of root.children) {
    if (isStray(child.name) && !declared.has(child.name)) faults.push(unknownSection(child, child.name));
  }
  const groups = root.children.filter(({ name }) => name === 'system.net');
  for (const child of groups.flatMap(({ children }) => children)) {
    if (!netSections.includes(child.name)) faults.push(unknownSection(child, `system.net/${child.name}`));
  }
  return groups;
}

// Names we do not know may be sections of somebody's own; a wrong letter case of one we know is a mistake for sure.
const isStray = (name: string): boolean =>
  strays.includes(name) ||
  (!knownSections.includes(name) && knownSections.some((known) => known.toLowerCase() === name.toLowerCase()));

function declaredSections(root: XmlElement): Set<string> {
  const declarations = root.children.filter(({ name }) => name === 'configSections');
  const names = declarations.flatMap(({ children }) => children).flatMap(({ attributes }) => attributes);
  return new Set(names.filter(({ name }) => name === 'name').map(({ value }) => value));
}

const unknownSection = (element: XmlElement, path: string): SettingFault =>
  initFault(element, `Unrecognized configuration section ${path}.`);

/** A fault that keeps the whole configuration system from starting. */
const initFault = (element: XmlElement, text: string): SettingFault => ({
  name: configurationErrors,
  text: 'Configuration system failed to initialize',
  inner: located(element, text),
  origin: element.at,
  mark: 'inferred',
});

const fault = (element: XmlElement, text: string): SettingFault => ({
  name: configurationErrors,
  text: located(element, text),
  origin: element.at,
  mark: 'inferred',
});

const located = ({ at }: XmlElement, text: string): string => `${text} (${at.file} line ${at.line})`;

/** A section may live in another file; we never follow one, so we cannot answer. */
function refuseConfigSource(source: SourceText, elements: readonly XmlElement[]): void {
  const found = elements.flatMap(({ attributes }) => attributes).find(({ name }) => name === 'configSource');
  if (!found) return;
  const hint = `paste the content of '${found.value}' in its place`;
  throw new InputError([problemAt(source, 'configSource is not followed', found.at, hint)]);
}
