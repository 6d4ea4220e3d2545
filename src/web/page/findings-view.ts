/** What a diagnosis says, and what expectations came to; every sentence leads to the events it rests on. */
import type { Finding } from '../../finding.ts';
import type { Judgement } from '../../run/record.ts';
import { h } from './dom.ts';
import { evidence } from './events-view.ts';

const signs = { error: '✗', warning: '!', info: 'i' } as const;

export function findingsView(findings: readonly Finding[], linkTo: (seq: number) => string): HTMLElement {
  if (findings.length === 0) return h('p', { class: 'quiet' }, 'Nothing was found.');
  return h(
    'div',
    { class: 'findings' },
    findings.map((finding) => findingView(finding, linkTo)),
  );
}

function findingView(finding: Finding, linkTo: (seq: number) => string): HTMLElement {
  const { id, title, severity, confidence, why, fix, refutedIf, alternatives } = finding;
  return h(
    'article',
    { class: `finding ${severity}` },
    h('h3', {}, h('span', { class: 'sign', 'aria-hidden': 'true' }, signs[severity]), ` ${title}`),
    h('p', { class: 'quiet' }, h('code', {}, id), ` · ${severity}, ${confidence}`),
    h('p', {}, why),
    h('p', {}, 'Seen in ', evidence(finding.evidence, linkTo)),
    h('p', {}, h('strong', {}, 'Fix: '), fix),
    h(
      'details',
      {},
      h('summary', {}, 'What would refute it, and what else it could be'),
      h('p', {}, h('strong', {}, 'Refuted if '), refutedIf),
      alternatives.map((other) => h('p', {}, h('strong', {}, `Or ${other.id}: `), other.tellApart)),
    ),
  );
}

export function expectationsView(
  file: string,
  expectations: readonly Judgement[],
  linkTo: (seq: number) => string,
): HTMLElement {
  return h(
    'ul',
    { class: 'expectations' },
    expectations.map(({ passed, expected, actual, at, evidence: numbers }) =>
      h(
        'li',
        { class: passed ? 'good' : 'bad' },
        h('span', { class: 'sign', 'aria-hidden': 'true' }, passed ? '✓' : '✗'),
        h('span', { class: 'unseen' }, passed ? 'met: ' : 'not met: '),
        h('span', {}, expected),
        !passed && h('span', { class: 'actual' }, ` — got ${actual}`),
        ' ',
        evidence(numbers, linkTo),
        h('span', { class: 'quiet' }, ` ${file}:${at.line}`),
      ),
    ),
  );
}
