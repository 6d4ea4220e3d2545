/** Every file that a scenario names, with the place that names it. */
import type { ClientSpec } from '../client/spec.ts';
import { fileReferences } from '../http/spec.ts';
import { settingsFiles } from '../settings/index.ts';
import type { SettingsSpec } from '../settings/index.ts';
import type { Path } from './document.ts';
import type { ScenarioModel } from './schema.ts';

export interface FileReference {
  path: Path;
  reference: string;
}

export function filesNamed(model: ScenarioModel): FileReference[] {
  const ofHosts = fileReferences(model.lab.hosts).map(({ path, value }) => ({
    path: ['lab', 'hosts', ...path],
    reference: value,
  }));
  const ofClients = settingsIn(model).flatMap(({ path, spec }) =>
    settingsFiles(spec.settings).map((reference, index) => ({ path: [...path, 'import', index], reference })),
  );
  return [...ofHosts, ...ofClients];
}

/** Every client with the settings it has: at first, and after each step that edits them. */
export function settingsIn({ clients, steps }: ScenarioModel): { path: Path; spec: ClientSpec }[] {
  const first = Object.entries(clients).map(([name, spec]) => ({ path: ['clients', name, 'settings'], spec }));
  const later = steps.flatMap((parsed, index) => {
    // The schema of the step has checked it.
    const { edit } = parsed as { edit?: { client: string; settings: SettingsSpec } };
    const spec = edit && clients[edit.client];
    return spec ? [{ path: ['steps', index, 'edit', 'settings'], spec: { ...spec, settings: edit.settings } }] : [];
  });
  return [...first, ...later];
}
