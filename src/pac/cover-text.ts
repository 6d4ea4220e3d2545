/** Coverage of a script for people: a listing, or a page. */
import type { Coverage } from './cover.ts';

/** The script with a count before each line, and the branches that were never taken. */
export function coverageText(coverage: Coverage): string {
  const { reached, total, urls } = coverage;
  const body = coverage.lines.map(({ line, text, hits }) => {
    const count = hits === null ? '' : hits === 0 ? '#####' : String(hits);
    return `${count.padStart(7)} ${String(line).padStart(5)}  ${text}`.trimEnd();
  });
  const missed = coverage.branches.filter((branch) => branch.hits === 0);
  return [
    ...body,
    '',
    `${reached.lines} of ${total.lines} lines and ${reached.branches} of ${total.branches} branches reached by ${urls} URLs`,
    ...missed.map(({ line, column, way, text }) => `never: ${line}:${column} ${way}  ${text}`),
    '',
  ].join('\n');
}

/** The same as a page of its own. */
export function coverageHtml(coverage: Coverage, title: string): string {
  const rows = coverage.lines.map(({ line, text, hits }) => {
    const kind = hits === null ? '' : hits === 0 ? ' class="missed"' : ' class="hit"';
    return `<tr${kind}><td>${hits ?? ''}</td><td>${line}</td><td><pre>${escapeHtml(text)}</pre></td></tr>`;
  });
  const { reached, total, urls } = coverage;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>
body{font:14px/1.4 system-ui,sans-serif;margin:2rem}table{border-collapse:collapse}td{padding:0 .6rem;text-align:right}
td:last-child{text-align:left}pre{margin:0}.hit td{background:#e7f6e7}.missed td{background:#fbe3e3}
@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}.hit td{background:#123312}.missed td{background:#401616}}
</style></head><body><h1>${escapeHtml(title)}</h1>
<p>${reached.lines} of ${total.lines} lines, ${reached.branches} of ${total.branches} branches, ${urls} URLs</p>
<table>
${rows.join('\n')}
</table></body></html>
`;
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char);
