/** A shard's runs for `merge`: a heading, then a record a line, so that no end of it has to be in memory. */
import { blobHeading } from '../blob.ts';
import type { Reporter } from '../reporter.ts';

export const blob: Reporter = {
  name: 'blob',
  summary: 'what `merge` makes any report of, for the shards of a suite',
  open: ({ write }) => ({
    start: () => write(`${JSON.stringify(blobHeading)}\n`),
    run: (record) => write(`${JSON.stringify(record)}\n`),
    end: ({ summary }) => write(`${JSON.stringify({ wallMs: summary.wallMs })}\n`),
  }),
};
