import type { LintRule } from '../lint.ts';
import { callOf, isFunction, nameOf, textOf } from '../syntax.ts';
import { isIPv4 } from '../address.ts';

const asks = new Set(['dnsResolve', 'isResolvable', 'isInNet', 'dnsResolveEx', 'isResolvableEx']);

export const dnsPerRequest: LintRule = {
  name: 'dns-per-request',
  severity: 'warning',
  summary: 'A name lookup that every request has to wait for.',
  why: 'Each request waits for this answer before it can start; Chromium runs the whole script again for it, and a resolver inside a firewall often cannot answer for outside names.',
  fix: 'Test the text of the host first (dnsDomainIs, shExpMatch), and look up only inside that test, or keep the answer in a variable.',
  profiles: [],
  check({ nodes }, report) {
    for (const { node, ancestors } of nodes) {
      const call = callOf(node);
      const subject = call?.args[0];
      if (!call || !asks.has(call.name) || !subject || isIPv4(textOf(subject) ?? '')) continue;
      if (call.name === 'isInNet' && nameOf(subject) !== 'host') continue;
      const inside = ancestors.findLastIndex(isFunction);
      const guarded = ancestors.slice(inside + 1).some((each, at, list) => {
        const child = list[at + 1] ?? node;
        if (each.type === 'IfStatement' || each.type === 'ConditionalExpression') return each['test'] !== child;
        return each.type === 'LogicalExpression' && each['right'] === child;
      });
      if (!guarded && inside >= 0) report(node, `${call.name}(${nameOf(subject) ?? '…'}) asks DNS for every request`);
    }
  },
};
