/** One file that opens from disk and holds every run: stories, scripts, TLS, findings, events, captures. */
import { ReportPage } from '../../web/report.ts';
import type { Reporter } from '../reporter.ts';

export const html: Reporter = {
  name: 'html',
  summary: 'one page that opens from disk, with every run and its story',
  bytes: true,
  open({ write }) {
    const page = new ReportPage();
    return {
      run: (record) => page.add(record),
      end: (result) => write(page.html(result)),
    };
  },
};
