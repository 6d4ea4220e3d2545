// Draws docs/run.svg from a real run: `npm run build && node docs/picture/draw.mjs`.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const command = ['run', 'docs/picture/connector.yaml'];
const { stdout } = spawnSync(process.execPath, ['dist/cli/main.js', ...command], {
  encoding: 'utf8',
  env: { ...process.env, FORCE_COLOR: '1', NO_COLOR: undefined, CI: undefined },
});
const colours = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  36: '#79c0ff',
  90: '#8b949e',
  2: '#8b949e',
  1: '#ffffff',
};
const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const lines = [`$ paclab ${command.join(' ')}`, ...stdout.replace(/\n+$/, '').split('\n')];
const [width, height, step] = [880, 40 + lines.length * 19, 19];

function spans(line) {
  let colour = '#c9d1d9';
  return line
    .split(/(\u001b\[\d+m)/)
    .map((part) => {
      const code = /^\u001b\[(\d+)m$/.exec(part)?.[1];
      if (code === undefined) return part === '' ? '' : `<tspan fill="${colour}">${escape(part)}</tspan>`;
      colour = colours[code] ?? '#c9d1d9';
      return '';
    })
    .join('');
}

const rows = lines.map(
  (line, index) => `<text x="20" y="${36 + index * step}" xml:space="preserve">${spans(line)}</text>`,
);
writeFileSync(
  'docs/run.svg',
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="paclab runs a scenario: the proxy answers 407, and the finding says why and how to fix it">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="13">
${rows.join('\n')}
</g>
</svg>
`,
);
