import type { Reporter } from '../reporter.ts';
import { coloursOf, failedPlaces, nameColumn, runLine, runStory, summaryLine } from '../story.ts';

/** Above this, a failure may have scrolled away by the time the summary is read. */
const shortSuite = 10;
const clearLine = '\r\u001b[2K';

export const list: Reporter = {
  name: 'list',
  summary: 'one line a run, and the whole story of what failed',
  open({ screen, write }) {
    const colours = coloursOf(screen);
    let total = 0;
    let column = 0;
    let done = 0;
    let progress = '';
    const show = (text: string): void => {
      if (progress) write(clearLine);
      progress = '';
      write(text);
    };
    const showProgress = (): void => {
      if (!screen.interactive || done >= total) return;
      progress = colours.dim(`  … ${done} of ${total}`);
      write(progress);
    };
    let last = '';
    return {
      start(plan) {
        total = plan.runs.length;
        column = nameColumn(plan.runs);
        show('\n');
        showProgress();
      },
      run(record) {
        done += 1;
        const telling = record.verdict === 'failed' || record.verdict === 'broken' || total === 1;
        last = telling ? runStory(record, screen) : '';
        show(`${runLine(record, colours, column)}${last}`);
        showProgress();
      },
      end({ runs, summary }) {
        show(last ? '' : '\n');
        if (runs.length > shortSuite) write(failedPlaces(runs, colours));
        write(`${summaryLine(summary, colours)}\n`);
      },
    };
  },
};
