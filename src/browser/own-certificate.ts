/** A client's own certificate in the store that a browser reads: NSS, filled by its own tools. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Launch } from './browser.ts';
import { output } from './program.ts';

/** Makes the store in `folder`. Throws LabError when a tool is missing or fails. */
export async function importCertificate(folder: string, { certificate, env }: Launch): Promise<void> {
  if (!certificate) return;
  await mkdir(folder, { recursive: true });
  // A browser that starts again finds its store as it was.
  if ((await readdir(folder)).includes('own.p12')) return;
  const pem = join(folder, 'own.pem');
  const bundle = join(folder, 'own.p12');
  await writeFile(pem, `${certificate.certificate}\n${certificate.key}\n`, { mode: 0o600 });
  const store = ['-d', `sql:${folder}`];
  await output(['openssl', 'pkcs12', '-export', '-in', pem, '-out', bundle, '-passout', 'pass:lab'], env);
  await output(['certutil', '-N', ...store, '--empty-password'], env);
  await output(['pk12util', '-i', bundle, ...store, '-W', 'lab', '-K', ''], env);
}
