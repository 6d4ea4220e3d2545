/** Every file that a scenario names, with the place that names it. */
import { fileReferences } from '../http/spec.ts';
import { settingsFiles } from '../settings/index.ts';
import type { Path } from './document.ts';
import type { ScenarioModel } from './schema.ts';

export interface FileReference {
  path: Path;
  reference: string;
}

export function filesNamed({ lab, clients }: ScenarioModel): FileReference[] {
  const ofHosts = fileReferences(lab.hosts).map(({ path, value }) => ({
    path: ['lab', 'hosts', ...path],
    reference: value,
  }));
  const ofClients = Object.entries(clients).flatMap(([name, { settings }]) =>
    settingsFiles(settings).map((reference, index) => ({
      path: ['clients', name, 'settings', 'import', index],
      reference,
    })),
  );
  return [...ofHosts, ...ofClients];
}
