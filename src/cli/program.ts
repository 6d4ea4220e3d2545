/** From words to an exit code. Everything but the process itself, so that tests can be users. */
import { Command as Definition, CommanderError, Help } from 'commander';

import { InputError, LabError } from '../failure.ts';
import { formatProblems } from '../scenario/problems.ts';
import { behindDashes } from './command.ts';
import type { Command } from './command.ts';
import { allCommands, commandNames, commandOf } from './commands/index.ts';
import { exitCodes, Stopped } from './tools.ts';
import type { Tools } from './tools.ts';
import { unknownWord } from './usage.ts';

const programName = 'paclab';

/** Runs one command line (without node and script) and gives its exit code. Never throws. */
export async function runCli(words: readonly string[], tools: Tools): Promise<number> {
  try {
    return await execute(words, tools);
  } catch (error) {
    return explainError(rootOf(error), tools);
  }
}

async function execute(words: readonly string[], tools: Tools): Promise<number> {
  let code: number = exitCodes.yes;
  const program = programOf(tools);
  const typed = await commandOf(words);
  const { own, rest } = split(words, typed);
  for (const command of typed ? [typed] : await allCommands()) {
    const definition = define(command, program);
    definition.action(async () => {
      code = await command.run(definition.args, { ...definition.opts(), ...(rest && { [behindDashes]: rest }) }, tools);
    });
  }
  try {
    await program.parseAsync(own[0] === 'help' ? helpFor(own.slice(1)) : own, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version end with 0; everything else that commander says is about unusable words.
    return error.exitCode === 0 ? exitCodes.yes : exitCodes.input;
  }
  return code;
}

/** What stands behind `--` is another program's, where a command takes one. */
function split(words: readonly string[], command: Command | undefined): { own: string[]; rest?: string[] } {
  const at = command?.takesCommand ? words.indexOf('--') : -1;
  return at < 0 ? { own: [...words] } : { own: words.slice(0, at), rest: words.slice(at + 1) };
}

function programOf({ version, stdout, stderr }: Tools): Definition {
  return new Definition(programName)
    .description('Simulate and test proxy discovery: PAC, WPAD and forward proxies, with every way they fail.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.screen.columns,
      getErrHelpWidth: () => stderr.screen.columns,
    })
    .configureHelp({ visibleCommands: leaves, subcommandTerm: termOf })
    .addHelpCommand(help)
    .addHelpText('after', examplesOf(['run scenarios', 'explain auth-407-connect']));
}

const groupOf = (group: Command['group']): string => `${group}:`;

const help = new Definition('help')
  .argument('[command]')
  .helpOption(false)
  .description('print the help of a command')
  .helpGroup(groupOf('Help'));

/** `help pac eval` is `pac eval --help`: commander's own help command knows one word only. */
function helpFor(words: readonly string[]): string[] {
  const [first] = words;
  if (first !== undefined && !commandNames.some((name) => name === first || name.startsWith(`${first} `)))
    throw unknownWord('command', first, commandNames);
  return [...words, '--help'];
}

/** Commands that do something: a family such as `pac` is shown as its members. */
const leaves = (definition: Definition): Definition[] => {
  const shown = new Help().visibleCommands(definition);
  return shown.flatMap((each) => (each.commands.length > 0 ? [...each.commands] : [each]));
};

/** `pac eval [options] <pac> <url...>` */
const termOf = (definition: Definition): string => {
  const family = definition.parent?.parent ? `${definition.parent.name()} ` : '';
  return `${family}${new Help().subcommandTerm(definition)}`;
};

function define(command: Command, program: Definition): Definition {
  const words = command.name.split(' ');
  const parent = words.length > 1 ? familyOf(words[0] ?? '', command, program) : program;
  const definition = parent
    .command(`${words.at(-1)} ${command.usage}`.trim())
    .description(command.summary)
    .helpGroup(groupOf(command.group))
    .addHelpText('after', examplesOf(command.examples));
  command.options?.(definition);
  return definition;
}

const families: Readonly<Record<string, string>> = {
  pac: 'commands for PAC files',
  ctl: 'asks and changes a lab that runs',
  ca: 'the certificate authorities of this machine',
};

const familyOf = (name: string, { group }: Command, program: Definition): Definition =>
  program.commands.find((each) => each.name() === name) ??
  program
    .command(name)
    .description(families[name] ?? name)
    .helpGroup(groupOf(group))
    .helpCommand(false);

const examplesOf = (examples: readonly string[]): string =>
  `\nExamples:\n${examples.map((example) => `  $ ${programName} ${example}`).join('\n')}\n`;

/** What lowered `await using` wraps when disposal fails as well: the first error is the one to tell. */
function rootOf(error: unknown): unknown {
  const wrapped = error as { name?: unknown; suppressed?: unknown } | null;
  return wrapped?.name === 'SuppressedError' && wrapped.suppressed ? rootOf(wrapped.suppressed) : error;
}

function explainError(error: unknown, { stderr }: Tools): number {
  if (error instanceof Stopped) return error.exitCode;
  if (error instanceof InputError) {
    stderr.write(formatProblems(error.problems, { colour: stderr.screen.colour }));
    return exitCodes.input;
  }
  if (error instanceof LabError) {
    stderr.write(`error: ${error.message}\n`);
    return exitCodes.machine;
  }
  stderr.write(sayBug(error));
  return exitCodes.bug;
}

/** What nobody foresaw. */
export function sayBug(error: unknown): string {
  const story = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${story}\n\nThis is a mistake in ${programName} itself. Please report it with the lines above and what you ran.\n`;
}
