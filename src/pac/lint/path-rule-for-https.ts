import type { LintRule } from '../lint.ts';
import { callOf, isNode, nameOf, textOf } from '../syntax.ts';

const httpsPath = /^(?:https|wss):\/\/[^/]+\/[^*]/;
const anyPath = /^\*?(?::\/\/)?[^/]*\*?\/[^/*?][^/]*/;

export const pathRuleForHttps: LintRule = {
  name: 'path-rule-for-https',
  severity: 'warning',
  summary: 'A rule that reads the path of the URL.',
  why: 'Chromium cuts path and query off https URLs, and Firefox off every URL, before the script sees them: the rule never fits there.',
  fix: 'Decide by host. Where a path must decide, that is work for the proxy.',
  profiles: ['chromium', 'firefox'],
  check({ nodes }, report) {
    for (const { node } of nodes) {
      const call = callOf(node);
      if (call?.name === 'shExpMatch' && nameOf(call.args[0]) === 'url') {
        const text = textOf(call.args[1]);
        const afterScheme = text?.replace(/^[a-z*]+:\/\//i, '') ?? '';
        const path = /^[^/]*\/(.*)$/s.exec(afterScheme)?.[1] ?? '';
        const reads =
          text !== null &&
          (httpsPath.test(text) || /[A-Za-z0-9]/.test(path) || (!/:\/\//.test(text) && anyPath.test(text)));
        if (reads) report(node, `"${text}" reads the path`);
      }
      const callee = node.type === 'CallExpression' ? node['callee'] : null;
      if (!isNode(callee) || nameOf(callee['object']) !== 'url' || nameOf(callee['property']) !== 'indexOf') continue;
      const text = textOf((node['arguments'] as unknown[])[0]);
      if (text && /^\/[^/]|^[^:/]+\/.|\?|\.(?:html?|php|aspx?|js|css|png|jpe?g|gif|exe|zip|pdf)$/i.test(text)) {
        report(node, `url.indexOf("${text}") reads the path`);
      }
    }
  },
};
