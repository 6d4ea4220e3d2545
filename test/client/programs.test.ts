/** What programs do by themselves: which phases run, as whom, when again, and what a user sees of it. */
import { expect, test } from 'vitest';

import { programs } from '../../src/client/index.ts';
import { phasesOf as linesOf, sayPhase } from '../../src/report/phases.ts';
import { runScenario } from '../../src/run/run.ts';
import type { EventType, TraceEvent } from '../../src/trace/events.ts';
import { viewOf } from '../../src/trace/view.ts';
import { scenarioFrom } from '../kit/scenarios.ts';

const options = { clock: 'virtual', bytes: false, timeout: 20_000 } as const;

async function run(body: string): Promise<readonly TraceEvent[]> {
  const [scenario] = await scenarioFrom(`
version: 1
id: program
name: A program at work
${body}
expect: { diagnosis: none }
`);
  if (!scenario) throw new Error('nothing was loaded');
  const { events, broken } = await runScenario(scenario, options);
  expect(broken).toBeUndefined();
  return events;
}

const of = <T extends EventType>(events: readonly TraceEvent[], type: T): TraceEvent<T>['data'][] =>
  viewOf(events)
    .ofType(type)
    .map(({ data }) => data);

/** The administrator has a proxy of his own. */
const own = "accounts: { administrator: { proxy: 'proxy.corp.example:8080' } }";

const lab = `
lab:
  extends: entra
  dns: { records: { app.corp.example: { A: 10.20.5.1 } } }
  hosts: { app.corp.example: { http: { /: { body: the application }, /slow: { body: late, delay: 90s } } } }`;
const service = (program: string, more = ''): string => `
clients:
  service:
    profile: dotnet-framework
    program: ${program}
    settings: { defaultProxy: { enabled: false } }
    certificates: [connector]
    ${more}`;

test('without a word about phases the connector downloads its configuration and connects to Service Bus', async () => {
  const events = await run(`${lab}${service('connector')}\nsteps: [{ start: service }]`);
  expect(of(events, 'client.phase').map(({ phase, basis }) => `${phase} ${basis}`)).toEqual([
    'bootstrap documented',
    'signalling documented',
  ]);
  expect(of(events, 'client.version')).toEqual([]);
});

test('ports that no source names are not told as documented', async () => {
  const direct = await run(
    `${lab}${service('{ kind: connector, phases: [signalling] }')}\nsteps: [{ start: service }]`,
  );
  expect(linesOf(direct).map(sayPhase)).toEqual([
    'signalling of service (documented): direct TCP on port 5671 (which ports, is inferred)',
  ]);
  expect(of(direct, 'client.phase')[0]?.says).toContain('direct TCP first (which ports, is inferred: 5671');
});

test('phases run in the program’s own order, whatever the order in the file', async () => {
  const events = await run(
    `${lab}${service('{ kind: connector, phases: [signalling, certificates, bootstrap] }')}\nsteps: [{ start: service }]`,
  );
  expect(of(events, 'client.phase').map(({ phase }) => phase)).toEqual(['bootstrap', 'certificates', 'signalling']);
});

test('the sign-in goes by the administrator’s settings, which the service does not see', async () => {
  const events = await run(`
lab:
  extends: entra
  dns: { records: { proxy.corp.example: { A: 10.20.0.8 } } }
  proxies: { edge: { listen: proxy.corp.example:8080 } }${service('{ kind: connector, phases: [sign-in, bootstrap] }').replace('enabled: false }', `enabled: false }, ${own}`)}
steps: [{ start: service }]`);
  const routes = of(events, 'client.attempt').map(({ client, route }) => `${client} ${route}`);
  expect([...new Set(routes)]).toEqual(['service-administrator PROXY proxy.corp.example:8080', 'service DIRECT']);
  expect(of(events, 'client.started').map(({ client, identity }) => `${client} ${identity}`)).toEqual([
    'service network-service',
    'service-administrator administrator',
  ]);
});

test('registration brings the certificate that the service then shows', async () => {
  const program = (phases: string): string =>
    service(`{ kind: connector, phases: ${phases} }`).replace('certificates: [connector]', '');
  const events = await run(`${lab}${program('[registration, bootstrap]')}\nsteps: [{ start: service }]`);
  const shown = of(events, 'origin.request').map(({ target, clientCertificate }) => [target, clientCertificate]);
  expect(shown[0]).toEqual(['/register', null]);
  expect(shown[1]?.[1]).toContain('connector');
  const without = await run(`${lab}${program('[bootstrap]')}\nsteps: [{ start: service }]`);
  expect(of(without, 'client.phase-finished').map(({ ok }) => ok)).toEqual([false]);
});

test('certificate checks go by WinHTTP: by netsh, not by defaultProxy, and a failure does not end the program', async () => {
  const events = await run(`
lab:
  extends: entra
  dns: { records: { proxy.corp.example: { A: 10.20.0.8 } } }
  proxies: { edge: { listen: proxy.corp.example:8080, rules: [{ when: { host: ocsp.digicert.com }, then: deny }] } }
clients:
  service:
    profile: dotnet-framework
    program: { kind: connector, phases: [bootstrap, certificates, signalling] }
    settings: { defaultProxy: { enabled: false }, netsh: { proxy: 'proxy.corp.example:8080' } }
    certificates: [connector]
steps: [{ start: service }]`);
  expect(of(events, 'proxy.request').map(({ target }) => target)).toEqual([
    'http://crl3.digicert.com/DigiCertGlobalRootG2.crl',
    'http://ocsp.digicert.com/',
  ]);
  expect(of(events, 'client.phase-finished').map(({ phase, ok }) => [phase, ok])).toEqual([
    ['bootstrap', true],
    ['certificates', false],
    ['signalling', true],
  ]);
});

test('a WebSocket is tried last, opened by a handshake, and only where the scenario asks for it', async () => {
  const program = (more: string): string => service(`{ kind: connector, phases: [signalling], ports: [5671]${more} }`);
  const closed = `
lab:
  extends: entra
  firewall: { rules: [{ when: { to: '*:5671' }, then: reject }] }
  hosts:
    tenant.servicebus.windows.net:
      https: { paths: { /: { status: 503 } } }`;
  const events = await run(`${closed}${program(', webSocket: true')}\nsteps: [{ start: service }]`);
  const answers = of(events, 'origin.response').map(({ target, status }) => [target, status]);
  expect(answers).toEqual([
    ['/', 503],
    ['/$servicebus/websocket', 101],
  ]);
  expect(of(events, 'client.phase-finished')).toMatchObject([
    { ok: true, says: 'a WebSocket (that it comes last, is inferred)' },
  ]);
  const without = await run(`${closed}${program('')}\nsteps: [{ start: service }]`);
  expect(of(without, 'origin.response').map(({ status }) => status)).toEqual([503]);
  expect(of(without, 'client.phase-finished')).toMatchObject([{ ok: false }]);
});

test('the configuration is refreshed while time passes, never by itself, and a new start begins anew', async () => {
  const program = service('{ kind: connector, phases: [bootstrap, refresh] }');
  const events = await run(
    `${lab}${program}\nsteps: [{ start: service }, { advance: 25m }, { start: service }, { advance: 15m }]`,
  );
  const refreshed = events.filter(
    ({ type, data }) => type === 'client.phase' && 'phase' in data && data.phase === 'refresh',
  );
  expect(refreshed.map(({ at }) => at / 60_000)).toEqual([10, 20, 35]);
});

test('an updater tells the version that it has and the one that it is offered, or that it could not ask', async () => {
  const updater = `
clients:
  updater:
    profile: dotnet-framework
    program: { kind: updater, installed: 1.5.3437.0, once: false }
    settings: { defaultProxy: { enabled: false } }
    certificates: [connector]
steps:
  - start: updater
  - change: { firewall.rules: [{ when: { from: updater }, then: reject }] }
  - advance: 90m`;
  const events = await run(`lab: { extends: entra }${updater}`);
  expect(of(events, 'client.version')).toEqual([
    { client: 'updater', installed: '1.5.3437.0', offered: '1.5.4287.0' },
    { client: 'updater', installed: '1.5.3437.0', offered: null },
  ]);
  expect(of(events, 'client.started')[0]?.identity).toBe('system');
});

test('a user sees the application, a page of the service where a leg is broken, or that it is forbidden', async () => {
  const events = await run(`${lab}${service('connector')}
steps:
  - visit: { url: 'http://app.corp.example/', client: service }
  - start: service
  - visit: { url: 'http://app.corp.example/', client: service }
  - visit: { url: 'http://app.corp.example/nothing', client: service }
  - visit: { url: 'http://gone.corp.example/', client: service }
  - visit: { url: 'http://app.corp.example/', client: service, assigned: false }
  - visit: { url: 'http://app.corp.example/slow', client: service }`);
  expect(of(events, 'user.answered').map(({ page, status }) => page ?? status)).toEqual([
    'gateway-timeout',
    200,
    404,
    'bad-gateway',
    'forbidden',
    'timeout',
  ]);
  const finished = events.findLast(({ type }) => type === 'user.answered');
  expect(finished?.at).toBe(85_000);
});

test('where the service does not get the certificate, the user sees that the connector is not authorised', async () => {
  const program = service('{ kind: connector, phases: [signalling] }').replace('certificates: [connector]', '');
  const events = await run(`${lab}${program}
steps:
  - start: service
  - visit: { url: 'http://app.corp.example/', client: service }`);
  expect(of(events, 'user.answered')).toMatchObject([
    { page: 'internal-server-error', says: 'ConnectorError:Unauthorized' },
  ]);
  expect(of(events, 'client.phase').at(-1)).toMatchObject({ phase: 'data', basis: 'inferred' });
});

test('a slow application has 180 s where its timeout is Long', async () => {
  const events = await run(`${lab}${service('{ kind: connector, long: true }')}
steps:
  - start: service
  - visit: { url: 'http://app.corp.example/slow', client: service }`);
  expect(of(events, 'user.answered')).toMatchObject([{ page: null, status: 200 }]);
});

test('a version before 1.5.1526 does not know the registry value for backends', async () => {
  const told = async (version: string): Promise<string | null | undefined> => {
    const events = await run(`${lab}
clients:
  service:
    profile: dotnet-framework
    program: { kind: connector, version: ${version} }
    settings: { registry: { UseDefaultProxyForBackendRequests: 1 }, netsh: { proxy: '10.20.0.8:8080' } }
    certificates: [connector]
steps: [{ fetch: { url: 'http://app.corp.example/', client: service, leg: backend } }]`);
    return of(events, 'client.finished')[0]?.route;
  };
  expect(await told('1.5.1525.0')).toBe('DIRECT');
  expect(await told('1.5.1526.0')).toBe('PROXY 10.20.0.8:8080');
});

test('only a connector can be visited', async () => {
  const plain = run(
    'clients: { one: { profile: curl } }\nsteps: [{ visit: { url: "http://a.example/", client: one } }]',
  );
  await expect(plain).rejects.toMatchObject({ problems: [{ message: expect.stringContaining('publishes nothing') }] });
});

test('every phase of every program says what it rests on, and names are unique', () => {
  for (const { phases, actors, open } of programs) {
    const names = phases.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { basis, summary } of phases)
      expect(`${basis} ${summary}`).toMatch(/^(documented|source|inferred) .+\.$/);
    expect(Object.values(open).length).toBeGreaterThan(0);
    expect(Object.values(actors).every(({ basis }) => ['documented', 'inferred'].includes(basis))).toBe(true);
  }
});

const blocked = (host: string): string =>
  lab.replace('hosts:', `firewall: { rules: [{ when: { to: '${host}' }, then: reject }] }\n  hosts:`);
const phasesOf = (events: readonly TraceEvent[]): string[] => {
  const bases = of(events, 'client.phase').map(({ basis }) => basis);
  return of(events, 'client.phase-finished').map(({ phase, ok }, index) => `${phase} ${ok} ${bases[index]}`);
};

test('a configuration that could not be had is asked for again, and what follows it comes then', async () => {
  const open = 'change: { firewall.rules: [] }';
  const program = service('{ kind: connector, ports: [9352], retryEvery: 5m }');
  const events = await run(`${blocked('203.0.113.10:443')}${program}
steps: [{ start: service }, { advance: 6m }, { ${open} }, { advance: 5m }]`);
  expect(phasesOf(events)).toEqual([
    'bootstrap false documented',
    'bootstrap false inferred',
    'bootstrap true inferred',
    'signalling true documented',
  ]);
  expect(of(events, 'client.phase').map(({ says }) => says)[1]).toContain('again after 5 min');
});

test('a start calls off what was to be tried again, and time does not move for its sake', async () => {
  const program = service('{ kind: connector, ports: [9352], retryEvery: 5m }');
  const events = await run(`${blocked('203.0.113.10:443')}${program}
steps: [{ start: service }, { advance: 4m }, { start: service }, { advance: 4m }]`);
  expect(phasesOf(events)).toEqual(['bootstrap false documented', 'bootstrap false documented']);
});

test('a sign-in that fails is not tried again by itself', async () => {
  const program = service('{ kind: connector, phases: [sign-in, bootstrap] }');
  const events = await run(`${blocked('203.0.113.50:443')}${program}\nsteps: [{ start: service }, { advance: 1h }]`);
  expect(phasesOf(events)).toEqual(['sign-in false inferred']);
});
