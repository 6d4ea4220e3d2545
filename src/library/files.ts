/** What a lab of a program leaves on the disk. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { toHar } from '../capture/har.ts';
import { toPcapng } from '../capture/pcapng.ts';
import { diagnose } from '../diagnosis/index.ts';
import type { Lab } from '../lab/lab.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { toNdjson } from '../trace/file.ts';

/** A folder of its own with the authorities that the first client of the scenario trusts; it goes with the lab. */
export async function trustFor(
  { model }: Scenario,
  { pki }: Pick<Lab, 'pki'>,
): Promise<AsyncDisposable & { file: string }> {
  const [client] = Object.values(model.clients);
  const pems = (client?.trust ?? ['public-ca']).map(async (entry) =>
    entry.includes('-----BEGIN') ? entry : (await pki.authority(entry)).pem,
  );
  const folder = await mkdtemp(join(tmpdir(), 'paclab-'));
  const file = join(folder, 'trust.pem');
  await writeFile(file, (await Promise.all(pems)).join(''));
  return { file, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** Throws what `node:fs` throws. */
export async function writeCapture(file: string, { model }: Scenario, { trace }: Pick<Lab, 'trace'>): Promise<void> {
  const events = [...trace.events];
  const captured = { title: `${model.id}: ${model.name}`, events, findings: diagnose(events) };
  const content = file.endsWith('.ndjson')
    ? toNdjson(events)
    : file.endsWith('.har')
      ? `${JSON.stringify(toHar(captured, 'library'), null, 2)}\n`
      : toPcapng(captured);
  await writeFile(file, content);
}
