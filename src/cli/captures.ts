/** `--capture`: each run as a pcapng and a HAR file. A reporter that only the command line has. */
import { toHar } from '../capture/har.ts';
import { toPcapng } from '../capture/pcapng.ts';
import type { Reporter } from '../report/reporter.ts';
import { sayRun } from '../run/record.ts';
import type { Tools } from './tools.ts';
import { namesOfRuns } from './traces.ts';

/** Writes into `folder`. The runs must have kept their bytes. */
export const captureReporter = (folder: string, { files, version }: Pick<Tools, 'files' | 'version'>): Reporter => ({
  name: 'capture',
  summary: 'each run for Wireshark and as HAR',
  open() {
    const nameOf = namesOfRuns();
    return {
      run(record) {
        if (record.verdict === 'skipped') return;
        const name = nameOf(record);
        const captured = { ...record, title: `${sayRun(record)}: ${record.name}` };
        const write = (extension: string, content: string | Uint8Array): void => {
          const file = files.create(`${folder}/${name}.${extension}`);
          file.write(content);
          file.close();
        };
        write('pcapng', toPcapng(captured));
        write('har', `${JSON.stringify(toHar(captured, version), null, 2)}\n`);
      },
    };
  },
});
