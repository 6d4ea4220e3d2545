import { expect, test } from 'vitest';

import { diagnose, evidenceIn } from '../../src/diagnosis/diagnose.ts';
import { rule } from '../../src/diagnosis/rule.ts';
import type { Match } from '../../src/diagnosis/rule.ts';
import { whyNot } from '../../src/diagnosis/why-not.ts';
import { direct443SynBlackhole } from '../../src/diagnosis/rules/direct-443-syn-blackhole.ts';
import { service, story, viaProxy } from '../kit/events.ts';

const ids = (story: { events: Parameters<typeof diagnose>[0] }) => diagnose(story.events).map(({ id }) => id);

const made = (id: string, ...matches: Match[]) =>
  rule({
    id,
    title: id,
    severity: 'error',
    summary: '',
    confirm: '',
    fix: '',
    refutedIf: '',
    alternatives: [],
    needs: [],
    find: () => matches,
  });
const match = (evidence: number[], rest: Partial<Match> = {}): Match => ({
  confidence: 'certain',
  why: 'x',
  evidence,
  ...rest,
});

const events = story().events;

test('a cause takes away what it explains, by event numbers', () => {
  const cause = made('cause', match([1], { explains: [2, 3] }));
  const symptom = made('symptom', match([2, 3]));
  const other = made('other', match([3, 4]));
  expect(diagnose(events, [symptom, cause, other]).map(({ id }) => id)).toEqual(['cause', 'other']);
});

test('of two that explain each other the earlier stands', () => {
  const early = made('early', match([1, 3], { explains: [2, 3] }));
  const late = made('late', match([2, 3], { explains: [1, 2, 3] }));
  expect(diagnose(events, [late, early]).map(({ id }) => id)).toEqual(['early']);
});

test('occurrences about the same thing are one finding, with all of their evidence and the surest words', () => {
  const one = made('one', match([5], { confidence: 'likely', why: 'perhaps.' }), match([2], { why: 'surely.' }));
  expect(diagnose(events, [one])).toMatchObject([
    { id: 'one', confidence: 'certain', why: 'surely. Seen 2 times.', evidence: [2, 5] },
  ]);
  const two = made('two', match([1], { about: 'a' }), match([2], { about: 'b' }));
  expect(diagnose(events, [two])).toHaveLength(2);
});

test('findings are sorted by severity, then guesses last, then by the story', () => {
  const found = diagnose(events, [
    made('info', match([1], { severity: 'info' })),
    made('guess', match([2], { confidence: 'possible' })),
    made('late', match([9])),
    made('early', match([3], { confidence: 'likely' })),
  ]);
  expect(found.map(({ id }) => id)).toEqual(['early', 'late', 'guess', 'info']);
});

test('a finding without evidence is a bug of the rule', () => {
  expect(() => diagnose(events, [made('empty', match([]))])).toThrow("rule 'empty' made a finding without evidence");
});

test('what the lab and its steps say is never shown to a rule', () => {
  const told = story().write('lab.behaviour', { part: 'proxy:edge', kind: 'challenge', says: 'asks' }, 'lab');
  told.step(0, (inner) => inner.pass(1));
  expect(evidenceIn(told.events).events.map(({ type }) => type)).toEqual(['client.started']);
});

test('a broken script on an open network is still a fault, but only a warning', () => {
  const open = story().request(service, (request) => {
    request.story.discover('10.20.0.5').fetchScript(404);
    request.routes('DIRECT').direct().finish(200);
  });
  expect(diagnose(open.events)).toMatchObject([{ id: 'pac-http-404', severity: 'warning' }]);
  const mistake = story().request(service, (request) => {
    request.story.discover('10.20.0.5').fetchScript();
    request.scriptFails().direct().finish(200);
  });
  expect(diagnose(mistake.events)).toMatchObject([{ id: 'pac-syntax-error', severity: 'warning' }]);
});

test('a missing script does not explain a blocked host when other hosts are reached directly', () => {
  const partly = story()
    .request(service, (request) => {
      request.story.discover();
      request.routes('DIRECT').direct().finish(200);
    })
    .request('https://tenant.servicebus.windows.net/', (request) => {
      request.routes('DIRECT').silent('203.0.113.20:443').finish(null, 'DIRECT', {});
    });
  expect(ids(partly)).toEqual(['direct-443-syn-blackhole']);
});

test('a search that failed long ago explains a connection that is blocked now', () => {
  const sticky = story()
    .request('http://intranet.corp.example/', (request) => {
      request.story.discover('10.20.0.5').fetchScript(404);
      request.routes('DIRECT').direct('10.20.9.9:80').finish(200);
    })
    .pass(300_000)
    .request(service, (request) => request.routes('DIRECT').silent().finish(null, 'DIRECT', {}));
  expect(diagnose(sticky.events)).toMatchObject([{ id: 'pac-http-404', severity: 'error' }]);
});

test('silence towards a proxy, from a proxy, or on another port is no blocked direct connection', () => {
  const route = 'PROXY 10.20.0.8:443';
  const toProxy = story().request(service, (request) =>
    request.routes(route).silent('10.20.0.8:443', route).finish(null, route, {}),
  );
  expect(ids(toProxy)).toEqual(['proxy-syn-blackhole']);
  expect(ids(story().silence('203.0.113.10:443', 'proxy:edge'))).toEqual([]);
  expect(ids(story().silence('203.0.113.10:80'))).toEqual([]);
  expect(ids(story().silence('203.0.113.10:443'))).toEqual(['direct-443-syn-blackhole']);
});

test('a 407 that the client answers is no finding; one that offers only unknown schemes is one of its own', () => {
  const answered = story().request(service, (request) => {
    request
      .routes(viaProxy)
      .tunnel({ status: 407, schemes: ['basic'] })
      .tunnel({ status: 200 })
      .finish(200, viaProxy);
  });
  expect(ids(answered)).toEqual([]);
  const unknown = story().request(service, (request) => {
    request
      .routes(viaProxy)
      .tunnel({ status: 407, schemes: ['bearer'] })
      .finish(407, viaProxy, { cause: 'proxy.auth' });
  });
  expect(ids(unknown)).toEqual(['auth-407-unsupported-scheme']);
});

test('a refusal that was lifted later is still found', () => {
  const lifted = story()
    .request(service, (request) => {
      request
        .routes(viaProxy)
        .tunnel({ status: 407, schemes: ['ntlm'] })
        .finish(407, viaProxy, { cause: 'proxy.auth' });
    })
    .request(service, (request) => request.routes(viaProxy).tunnel({ status: 200 }).finish(200, viaProxy));
  expect(ids(lifted)).toEqual(['auth-407-connect']);
});

test('a proxy that ends TLS on the connection of the client is evidence by itself', () => {
  const caught = story().request(service, (request) => {
    request.routes(viaProxy).tunnel({ status: 200 }, (conn) => {
      request.distrust(conn, 'Inspection CA').handshake(conn, 'Inspection CA', 'server', 'proxy:edge');
      return 'tls.untrusted';
    });
    request.finish(null, viaProxy, { cause: 'tls.untrusted' });
  });
  expect(diagnose(caught.events)).toMatchObject([{ id: 'tls-untrusted-ca', confidence: 'certain' }]);
});

test('a 502 with a reason is a refusal only when the reason is one', () => {
  const denied = (error: string) =>
    story().request(service, (request) => {
      const headers: [string, string][] = [['proxy-status', `"edge proxy"; error=${error}; details="x"`]];
      request.routes(viaProxy).tunnel({ status: 502, headers }).finish(502, viaProxy, { cause: 'proxy.status' });
    });
  expect(diagnose(denied('http_request_denied').events)).toMatchObject([
    { id: 'policy-502-deny', confidence: 'certain', alternatives: [] },
  ]);
  for (const error of ['connection_refused', 'dns_error', 'tls_certificate_error', 'proxy_loop_detected']) {
    expect(ids(denied(error)), error).not.toContain('policy-502-deny');
  }
});

test('403 by name and 403 by port are told apart, and found together when both are there', () => {
  const both = story()
    .request(service, (request) => request.routes(viaProxy).tunnel({ status: 200 }).finish(200, viaProxy))
    .request('https://tenant.servicebus.windows.net/', (request) => {
      request.routes(viaProxy).tunnel({ status: 403 }).finish(403, viaProxy, { cause: 'proxy.status' });
    })
    .request('http://tenant.msappproxy.net/', (request) => {
      request.routes(viaProxy).tunnel({ status: 403 }).finish(403, viaProxy, { cause: 'proxy.status' });
    });
  expect(diagnose(both.events)).toMatchObject([
    { id: 'policy-403-fqdn', confidence: 'certain' },
    { id: 'policy-connect-80-denied', confidence: 'certain' },
  ]);
});

test('two faults in one request are both found', () => {
  const both = story().request(service, (request) => {
    request.answered('PROXY 10.20.0.7:8080', viaProxy);
    request.refused('10.20.0.7:8080', 'PROXY 10.20.0.7:8080').tunnel({ status: 407, schemes: ['ntlm'] });
    request.finish(407, viaProxy, { cause: 'proxy.auth' });
  });
  expect(ids(both)).toEqual(['auth-407-connect', 'failover-first-refused']);
});

test('inspection is named only where the issuer differs, and less surely where the real one is unknown', () => {
  const alone = story().request(service, (request) => {
    request.routes(viaProxy).tunnel({ status: 200 }, (conn) => {
      request.distrust(conn, 'Some CA');
      return 'tls.untrusted';
    });
    request.finish(null, viaProxy, { cause: 'tls.untrusted' });
  });
  expect(diagnose(alone.events)).toMatchObject([{ id: 'tls-untrusted-ca', confidence: 'possible' }]);
  expect(diagnose(alone.events)[0]?.alternatives.length).toBeGreaterThan(0);
});

test('an inspected connection that the destination accepts is no finding', () => {
  const fine = story().request(service, (request) => {
    request.routes(viaProxy).tunnel({ status: 200 }, (conn, upstream) => {
      request.handshake(upstream, 'Public CA', 'server', 'host:tenant.msappproxy.net');
      request.handshake(conn, 'Inspection CA').origin(upstream, 200, null);
      return null;
    });
    request.finish(200, viaProxy);
  });
  expect(ids(fine)).toEqual([]);
});

test('a proxyaddress that another layer makes void is no finding', () => {
  const text = 'The ServicePointManager does not support proxies with the proxyserver scheme.';
  const masked = (by: string | null) =>
    story()
      .setting('proxy.proxyaddress', 'proxyserver:8080', by)
      .request(service, (request) => {
        request.routes().finish(null, null, { name: 'NotSupportedException', text, cause: 'config.invalid' });
      });
  expect(ids(masked('app-config'))).toEqual([]);
  expect(ids(masked(null))).toEqual(['cfg-proxyaddress-host-no-scheme']);
});

test('why not: which evidence is there and which is missing', () => {
  const healthy = story().request(service, (request) => request.routes('DIRECT').direct().finish(200));
  expect(whyNot(healthy.events, direct443SynBlackhole)).toMatchObject({
    found: false,
    explained: false,
    needs: [{ evidence: [] }],
  });
  const explained = story().request(service, (request) => {
    request.story.discover();
    request.routes('DIRECT').silent().finish(null, 'DIRECT', {});
  });
  expect(whyNot(explained.events, direct443SynBlackhole)).toMatchObject({ found: false, explained: true });
});

test('an entry that a client passes over is blamed on the entry, DIRECT of the script on the script', () => {
  const found = (answer: string): string[] =>
    diagnose(
      story('crypto').request(service, (request) => {
        const said = { answer, returned: 'string', routes: ['DIRECT'], failedOpen: false };
        request.story.write('pac.answered', { ...request.own, ...request.handed, ...said });
        request.routes('DIRECT').silent().finish(null, 'DIRECT', { cause: 'tcp.timeout' });
      }).events,
    ).map(({ id, why }) => `${id} ${String(why.includes('answered DIRECT'))}`);
  expect(found('HTTPS proxy.corp.example:8443')).toEqual(['pac-https-directive false']);
  expect(found('SOCKS5 proxy.corp.example:1080')).toEqual(['pac-socks-directive false']);
  for (const answer of ['DIRECT', 'direct; HTTPS proxy.corp.example:8443'])
    expect(found(answer)).toEqual(['select-direct-blocked true']);
});

test('what stops the connector stands before what stops its updater, and what a program went past comes last', () => {
  const told = story();
  const phase = (client: string, name: string, ok: boolean): number => {
    told.write('client.phase', { client, phase: name, basis: 'documented', says: '' });
    told.write('client.request', { client, request: 1, url: service, method: 'GET' });
    const { seq } = told.events.at(-1) ?? { seq: 0 };
    told.write('client.phase-finished', { client, phase: name, ok, says: '' });
    return seq;
  };
  const order = (...struck: [id: string, seq: number][]): string[] =>
    diagnose(
      told.events,
      struck.map(([id, seq]) => made(id, match([seq]))),
    ).map(({ id }) => id);
  const lists = phase('service', 'certificates', false);
  const poll = phase('updater', 'poll', false);
  const signalling = phase('service', 'signalling', false);
  const user = phase('service', 'data', false);
  phase('service', 'bootstrap', true);
  expect(order(['lists', lists], ['poll', poll], ['signalling', signalling], ['user', user], ['nowhere', 1])).toEqual([
    'nowhere',
    'signalling',
    'user',
    'poll',
    'lists',
  ]);
  // A phase that comes again has not been got over, and the last one leads nowhere.
  const first = phase('other', 'certificates', false);
  phase('other', 'certificates', false);
  expect(order(['poll', poll], ['first', first])).toEqual(['first', 'poll']);
});
