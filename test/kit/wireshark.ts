/** Asks the real tshark. Where it is not installed, whoever needs it skips, and says so. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const tsharkIsHere = spawnSync('tshark', ['--version']).status === 0;
if (!tsharkIsHere) process.stderr.write('\ntshark is not installed: NO CAPTURE WAS OPENED (Debian: tshark)\n\n');

/** The port of the proxies of the scenarios. */
const decoded = ['-d', 'tcp.port==8080,http'];
const strict = ['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]);

/** What Wireshark shows of a file: the fields of every packet that the display filter lets pass. */
export function askWireshark(file: Uint8Array, filter: string, fields: readonly string[]): string[][] {
  const shown = fields.flatMap((field) => ['-e', field]);
  return (
    tshark(file, [...strict, ...decoded, '-Y', filter, '-T', 'fields', '-E', 'separator=/t', ...shown])
      .split('\n')
      // Between the sections of a file tshark writes headings.
      .filter((line) => line !== '' && !/^Section \d+:$/.test(line))
      .map((line) => line.split('\t'))
  );
}

/** It reads files, and pipes of a shell, not the sockets that Node gives for standard input. */
function tshark(file: Uint8Array, args: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'paclab-capture-'));
  try {
    const path = join(folder, 'run.pcapng');
    writeFileSync(path, file);
    const { status, stdout, stderr } = spawnSync('tshark', ['-n', '-r', path, ...args], { maxBuffer: 2 ** 28 });
    if (status !== 0) throw new Error(`tshark: ${stderr.toString()}`);
    return stdout.toString();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
