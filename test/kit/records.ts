/** Records of runs that never happened, with everything a reporter may meet. */
import type { Finding } from '../../src/finding.ts';
import { resultOf } from '../../src/run/record.ts';
import type { RunRecord, RunResult } from '../../src/run/record.ts';
import type { TraceEvent } from '../../src/trace/events.ts';

const events: TraceEvent[] = [
  {
    seq: 1,
    at: 0,
    by: 'lab',
    type: 'lab.started',
    data: { scenario: 'x', clock: 'virtual', date: '2026-03-02T08:00:00Z' },
  },
  {
    seq: 2,
    at: 3,
    by: 'client:service',
    type: 'client.attempt',
    data: { client: 'service', request: 1, route: 'PROXY proxy.corp.example:8080', attempt: 1 },
  },
  {
    seq: 3,
    at: 21_000,
    by: 'client:service',
    type: 'client.attempt-finished',
    data: {
      client: 'service',
      request: 1,
      route: 'PROXY proxy.corp.example:8080',
      attempt: 1,
      conn: null,
      failure: 'tcp.timeout',
      detail: 'no answer from 10.20.0.8:8080 within 21 s',
      next: 'stop',
    },
  },
];

const finding: Finding = {
  id: 'auth-407-connect',
  title: 'The proxy demands credentials for CONNECT',
  severity: 'error',
  confidence: 'certain',
  why: 'proxy.corp.example:8080 answered CONNECT login.contoso.test:443 with 407 and offers only Negotiate and NTLM, and the service, which runs as network-service, sent no credentials afterwards.',
  fix: 'Let the service through without authentication, by its address or by destination.',
  refutedIf: 'the service sends Proxy-Authorization and gets a tunnel',
  alternatives: [{ id: 'auth-407-loop', tellApart: 'there the 407 comes again after credentials were sent' }],
  evidence: [2, 3],
};

const run = (id: string, rest: Partial<RunRecord>): RunRecord => ({
  id,
  row: {},
  file: `scenarios/${id}.yaml`,
  name: `The story of ${id}`,
  verdict: 'passed',
  expectations: [
    { passed: true, expected: 'route is DIRECT', actual: 'DIRECT', evidence: [2], at: { line: 9, column: 5 } },
  ],
  findings: [],
  events,
  wallMs: 12.4,
  labMs: 0,
  ...rest,
});

export const passed = run('healthy-direct', {});
export const rows: RunRecord[] = [
  run('auth/auth-407-connect', {
    row: { schemes: ['negotiate', 'ntlm'] },
    findings: [finding],
    labMs: 600_000,
    wallMs: 31,
  }),
  run('auth/auth-407-connect', { row: { schemes: ['basic'] }, findings: [finding], labMs: 600_000, wallMs: 29 }),
].map((each) => ({ ...each, id: 'auth-407-connect' }));
export const failed = run('failover-first-refused', {
  verdict: 'failed',
  labMs: 21_000,
  wallMs: 8.2,
  expectations: [
    { passed: true, expected: 'status is 200', actual: '200', evidence: [2], at: { line: 38, column: 5 } },
    {
      passed: false,
      expected: 'route is PROXY second.corp.example:8080',
      actual: 'PROXY proxy.corp.example:8080, which ended with tcp.timeout',
      evidence: [3],
      at: { line: 40, column: 15 },
    },
    {
      passed: false,
      expected: 'no finding',
      actual: 'auth-407-connect',
      evidence: [],
      at: { line: 44, column: 3 },
    },
  ],
  findings: [finding],
});
export const broken = run('port-taken', {
  verdict: 'broken',
  broken: { message: 'cannot listen for 10.20.0.8:8080: listen EADDRINUSE' },
  expectations: [],
  events: [],
});
export const skipped = run('later', { verdict: 'skipped', expectations: [], events: [], wallMs: 0 });
/** What a hostile server or file could bring into a report. */
export const nasty = run('nasty', {
  verdict: 'failed',
  row: { name: '"<&>\' \u0000 \u001b[31m ]]> \ud800 #\\' },
  file: 'scenarios/od<d & "quoted".yaml',
  expectations: [
    {
      passed: false,
      expected: 'body contains <b> & "x"',
      actual: '\u0007]]>\r\nSet-Cookie: \u202eevil\tx 公司 😀',
      evidence: [],
      at: { line: 1, column: 1 },
    },
  ],
  findings: [],
});

export const everything: RunResult = resultOf([passed, ...rows, failed, broken, skipped, nasty], 95);
export const onlyGood: RunResult = resultOf([passed, ...rows], 72);
export const one: RunResult = resultOf(rows.slice(0, 1), 31);

/** The same result after it was saved and read back. */
export const readBack = (result: RunResult): RunResult => JSON.parse(JSON.stringify(result)) as RunResult;
