/** Scripts that teach a shell our words. Ids of diagnoses are those of the shipped scenarios, so `run` takes them too. */
import type { Words } from './option-words.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** Commands that take the id of a diagnosis. */
const takeIds = ['run', 'explain', 'up', 'exec', 'shrink', 'list'];

export const completions = (shell: Shell, commands: readonly Words[], ids: readonly string[]): string =>
  ({ bash, zsh, fish })[shell](commands, ids);

const firstWords = (commands: readonly Words[]): string[] => [
  ...new Set(commands.map(({ name }) => name.split(' ')[0] ?? '')),
];

const secondWords = (commands: readonly Words[], first: string): string[] =>
  commands.flatMap(({ name }) => (name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : []));

function bash(commands: readonly Words[], ids: readonly string[]): string {
  const families = firstWords(commands).filter((first) => secondWords(commands, first).length > 0);
  return `# bash completion of paclab
_paclab() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]} words=''
  if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY=($(compgen -W '${firstWords(commands).join(' ')}' -- "$cur")); return; fi
  case "$command" in
${families.map((first) => `    ${first}) [ "$COMP_CWORD" -eq 2 ] && words='${secondWords(commands, first).join(' ')}'; command="$command \${COMP_WORDS[2]}" ;;`).join('\n')}
    ${takeIds.join('|')}) words='${ids.join(' ')}' ;;
  esac
  case "$command" in
${commands.map(({ name, options }) => `    '${name}') words="$words ${options.join(' ')}" ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur") $(compgen -f -- "$cur"))
}
complete -o filenames -F _paclab paclab
`;
}

/** zsh reads what bash reads, once it has been told to. */
const zsh = (commands: readonly Words[], ids: readonly string[]): string =>
  `#compdef paclab\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands, ids)}`;

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function fish(commands: readonly Words[], ids: readonly string[]): string {
  const seen = (first: string): string => `__fish_seen_subcommand_from ${first}`;
  return [
    '# fish completion of paclab',
    ...firstWords(commands).map((first) => {
      const own = commands.find(({ name }) => name === first);
      return `complete -c paclab -n __fish_use_subcommand -a ${first} -d ${quoted(own?.summary ?? `commands for ${first}`)}`;
    }),
    ...commands.flatMap(({ name, summary, options }) => {
      const [first = '', second] = name.split(' ');
      const where = second === undefined ? seen(first) : `${seen(first)}; and ${seen(second)}`;
      const word =
        second === undefined ? [] : [`complete -c paclab -n '${seen(first)}' -a ${second} -d ${quoted(summary)}`];
      return [...word, ...options.map((option) => `complete -c paclab -n '${where}' -l ${option.slice(2)}`)];
    }),
    ...takeIds.map((first) => `complete -c paclab -n '${seen(first)}' -a ${quoted(ids.join(' '))}`),
    '',
  ].join('\n');
}
