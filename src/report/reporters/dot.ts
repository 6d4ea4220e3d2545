import type { Reporter } from '../reporter.ts';
import { coloursOf, mark, runLine, runStory, summaryLine } from '../story.ts';

const margin = 4;

export const dot: Reporter = {
  name: 'dot',
  summary: 'one sign a run, and at the end the story of what failed',
  open({ screen, write }) {
    const colours = coloursOf(screen);
    const perLine = Math.max(20, Math.min(screen.columns, 100) - margin);
    let count = 0;
    return {
      start() {
        write('\n  ');
      },
      run({ verdict }) {
        if (count > 0 && count % perLine === 0) write('\n  ');
        count += 1;
        write(verdict === 'passed' ? mark(verdict, colours, '·') : mark(verdict, colours));
      },
      end({ runs, summary }) {
        write('\n\n');
        for (const run of runs) {
          if (run.verdict === 'failed' || run.verdict === 'broken')
            write(`${runLine(run, colours)}${runStory(run, screen)}`);
        }
        write(`${summaryLine(summary, colours)}\n`);
      },
    };
  },
};
