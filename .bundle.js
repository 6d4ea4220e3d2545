/**
 * `node .bundle.js [FOLDER]`, after the compiler: puts the program into few files, since a short command spends most of its
 * time finding files, and pac-resolver into one. The library (dist/index.js and what it imports) stays as it was compiled.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { build } from 'rolldown';

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Packages that are put inside; the others are found when somebody needs them. */
const inside = ['acorn', 'commander', 'pac-resolver', 'picocolors'];
const outside = Object.keys(dependencies).filter((name) => !inside.includes(name));

/** The licences of what is put inside travel with it. */
const licences = {
  name: 'licences',
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds);
    const folders = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: [...folders].toSorted().map(textOf).join('\n') });
  },
};

function textOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying)/i.test(file));
  const texts = files.map((file) => readFileSync(`${folder}/${file}`, 'utf8').trim());
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}

await build({
  // The program looks for its pages and for package.json beside its own folder, and for its worker in it.
  input: {
    'cli/main': 'src/cli/main.ts',
    'program/worker': 'src/cli/worker.ts',
    'pac/pac-resolver': 'src/pac/pac-resolver.ts',
  },
  platform: 'node',
  external: new RegExp(`^(?:${outside.join('|')})(?:/|$)`),
  transform: { target: 'es2022' },
  plugins: [licences],
  // What is loaded on demand from source files is at hand where it shares a file with what is not.
  onLog: (level, log, handle) => log.code === 'INEFFECTIVE_DYNAMIC_IMPORT' || handle(level, log),
  output: {
    dir: process.argv[2] ?? 'dist',
    entryFileNames: '[name].js',
    chunkFileNames: 'program/[name].js',
    codeSplitting: {
      // Everything that `pac eval` needs from the start; what these files import comes with them.
      groups: [
        {
          name: 'start',
          test: /src\/cli\/(?:program|disk|commands\/pac-eval)\.ts$|src\/pac\/(?:single|plain\/alone|node-runner)\.ts$/,
        },
      ],
    },
  },
});
