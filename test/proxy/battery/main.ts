/** `npm run battery`: the same requests through ours, squid and tinyproxy, side by side. */
import { runBattery } from './battery.ts';
import { probes } from './probes.ts';
import { subjectNames } from './subjects.ts';

const columns = await Promise.all(subjectNames.map(runBattery));
const rows = [
  ['', ...subjectNames.map((name, index) => (columns[index]?.version ? `${name} ${columns[index].version}` : name))],
  ...Object.keys(probes).map((title) => [title, ...columns.map((column) => column?.seen[title] ?? 'not installed')]),
];
const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
for (const row of rows) {
  process.stdout.write(`| ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |\n`);
}
