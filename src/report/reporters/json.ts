import type { Reporter } from '../reporter.ts';

export const json: Reporter = {
  name: 'json',
  summary: 'the whole result with all events, for programs',
  open: ({ write }) => ({
    end: (result) => write(`${JSON.stringify(result, null, 2)}\n`),
  }),
};
