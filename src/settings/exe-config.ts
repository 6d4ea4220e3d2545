/**
 * `.exe.config` and `machine.config`: finds `<configuration><system.net><defaultProxy>` and reads it as .NET's
 * configuration system does. What that system would refuse is a fault of the pretend world, in its own words;
 * what is no XML throws InputError.
 *
 * Texts of faults: the framework's resource strings. That a pasted fragment stops the program is inferred.
 */
import { InputError } from '../failure.ts';
import type { SourcePlace } from '../failure.ts';
import { scanSections } from './config-sections.ts';
import { readSection } from './default-proxy-section.ts';
import type { ExeConfig, SettingFault } from './layers.ts';
import { problemAt } from './source.ts';
import type { SourceText } from './source.ts';
import { timing } from './web-proxy-script.ts';
import { parseXml } from './xml.ts';
import type { XmlElement } from './xml.ts';

const configurationErrors = 'System.Configuration.ConfigurationErrorsException';

export function parseExeConfig(source: SourceText): ExeConfig {
  const roots = parseXml(source);
  const faults: SettingFault[] = [];
  const groups = netGroups(roots, source.file, faults);
  const sections = groups.flatMap(({ children }) => children).filter(({ name }) => name === 'defaultProxy');
  refuseConfigSource(source, [...groups, ...sections]);
  const [first] = sections;
  const section = first && readSection(first, faults);
  return {
    file: source.file,
    section: faults.length > 0 ? undefined : section,
    fault: faults[0],
    ...timing(groups),
  };
}

/** The `<system.net>` groups; whatever stands where the configuration system allows nothing is a fault. */
function netGroups(roots: readonly XmlElement[], file: string, faults: SettingFault[]): readonly XmlElement[] {
  const [root, other] = roots;
  if (root?.name !== 'configuration') {
    if (root) faults.push(initFault(root.at, `Configuration file ${file} does not have root <configuration> tag`));
    return [];
  }
  if (other) {
    const { line, column } = other.at;
    faults.push(initFault(other.at, `There are multiple root elements. Line ${line}, position ${column + 1}.`));
  }
  const { groups, complaints } = scanSections(root);
  faults.push(...complaints.map(({ text, at }) => initFault(at, text)));
  return groups;
}

/** A fault that keeps the whole configuration system from starting. */
const initFault = (at: SourcePlace, text: string): SettingFault => ({
  name: configurationErrors,
  text: 'Configuration system failed to initialize',
  inner: `${text} (${at.file} line ${at.line})`,
  origin: at,
  mark: 'inferred',
});

/** The configuration system reads machine.config first: one that it cannot begin with stops every program (source). */
export const stopsAll = (machine: ExeConfig | undefined): boolean => machine?.fault?.inner !== undefined;

/** A section may live in another file; we never follow one, so we cannot answer. */
function refuseConfigSource(source: SourceText, elements: readonly XmlElement[]): void {
  const found = elements.flatMap(({ attributes }) => attributes).find(({ name }) => name === 'configSource');
  if (!found) return;
  const hint = `paste the content of '${found.value}' in its place`;
  throw new InputError([problemAt(source, 'configSource is not followed', found.at, hint)]);
}
