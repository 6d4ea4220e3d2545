import { LabError } from '../../failure.ts';
import { textOption } from '../command.ts';
import type { Command } from '../command.ts';
import { oneScenario } from '../one.ts';
import { serveOptions, serveWishOf } from '../serve-options.ts';
import { exitCodes, Stopped } from '../tools.ts';
import type { Tools } from '../tools.ts';
import { misused } from '../usage.ts';

export const up: Command = {
  name: 'up',
  summary: 'serve the lab of a scenario for real clients',
  group: 'Lab',
  usage: '[scenario]',
  examples: ['up auth-407-connect', 'up story.yaml --bind 10.77.0.2 --network-is-mine'],
  options: (definition) =>
    serveOptions(definition)
      .option('--wait', 'go on in the background, and end when everything is served; ctl down ends the lab')
      .option('--clock <kind>', 'real is all there is: programs outside the lab have the time of the machine')
      .option('--json', 'print where everything is as one line of JSON, and nothing else'),
  async run([word], options, tools) {
    const wish = serveWishOf(options, process.platform);
    const clock = textOption(options, 'clock') ?? 'real';
    if (clock !== 'real')
      throw misused(
        `--clock ${clock}: programs outside the lab have the time of the machine`,
        'run has a virtual clock',
      );
    const scenario = await oneScenario(word, textOption(options, 'row'), tools);
    const clients = Object.keys(scenario.model.clients);
    if (wish.as !== undefined && !clients.includes(wish.as))
      throw misused(`this scenario has no client '${wish.as}'`, `its clients: ${clients.join(', ') || 'none'}`);
    if (options['wait'] === true) {
      const { startBehind } = await import('../behind.ts');
      return startBehind({ json: options['json'] === true }, tools);
    }
    const [{ startServing }, { sayServing, watchFindings }, { dashboard }] = await Promise.all([
      import('../serve.ts'),
      import('../serve-text.ts'),
      import('../../web/dashboard.ts'),
    ]);
    const pages = pagesOrNone(dashboard, tools);
    await using serving = await startServing(scenario, wish, tools, pages && (() => pages));
    tools.stdout.write(options['json'] === true ? serving.asJson() : sayServing(serving, tools.stdout.screen));
    using _watch = options['json'] === true ? undefined : watchFindings(serving.live, tools.stdout);
    await untilStopped(serving.stopped, tools.signal);
    if (tools.signal.reason instanceof Stopped) throw tools.signal.reason;
    return exitCodes.yes;
  },
};

/** A lab without its page is a lab all the same. */
function pagesOrNone<T>(make: () => T, { stderr }: Tools): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    stderr.write(`note: ${error.message}; there is no dashboard\n`);
    return undefined;
  }
}

function untilStopped(stopped: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
    void stopped.then(resolve);
  });
}
