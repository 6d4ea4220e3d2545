import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { rules } from '../../src/diagnosis/rules.ts';
import { service, story, viaProxy } from '../kit/events.ts';
import type { Story } from '../kit/events.ts';

const found = ({ events }: Story) =>
  diagnose(events).map(({ id, severity, confidence }) => [id, severity, confidence].join(' '));
const tenant = '203.0.113.10';
const noConnection = { cause: 'tcp.timeout' };

/** Every state, and beside it the same one without its fault. */
const states: Record<string, { faulty: () => Story; healthy: () => Story; as?: string }> = {
  'wpad-dns-nxdomain': {
    as: 'error likely',
    faulty: () =>
      story().request(service, (request) => {
        request.story.discover();
        request.routes('DIRECT');
        request.story.lookup('tenant.msappproxy.net', tenant);
        request.silent().finish(null, 'DIRECT', noConnection);
      }),
    healthy: () =>
      story().request(service, (request) => {
        request.story.discover();
        request.routes('DIRECT');
        request.story.lookup('tenant.msappproxy.net', tenant);
        request.direct().finish(200);
      }),
  },
  'pac-http-404': {
    faulty: () =>
      story().request(service, (request) => {
        request.story.discover('10.20.0.5').fetchScript(404);
        request.routes('DIRECT').silent().finish(null, 'DIRECT', noConnection);
      }),
    healthy: () =>
      story().request(service, (request) => {
        request.story.discover('10.20.0.5').fetchScript();
        request.answered(viaProxy).tunnel({ status: 200 }).finish(200, viaProxy);
      }),
  },
  'pac-syntax-error': {
    faulty: () =>
      story().request(service, (request) => {
        request.story.discover('10.20.0.5').fetchScript();
        request.scriptFails().silent().finish(null, 'DIRECT', noConnection);
      }),
    healthy: () =>
      story().request(service, (request) => {
        request.story.discover('10.20.0.5').fetchScript();
        request.answered('DIRECT').direct().finish(200);
      }),
  },
  'failover-first-refused': {
    as: 'warning certain',
    faulty: () =>
      story().request(service, (request) => {
        request.answered('PROXY 10.20.0.7:8080', viaProxy);
        request.refused('10.20.0.7:8080', 'PROXY 10.20.0.7:8080').tunnel({ status: 200 }).finish(200, viaProxy);
      }),
    healthy: () =>
      story().request(service, (request) => {
        request.answered(viaProxy, 'PROXY 10.20.0.7:8080').tunnel({ status: 200 }).finish(200, viaProxy);
      }),
  },
  'direct-443-syn-blackhole': {
    faulty: () =>
      story()
        .setting('defaultProxy.enabled', 'false')
        .request(service, (request) => {
          request.routes('DIRECT').silent().finish(null, 'DIRECT', noConnection);
        }),
    healthy: () =>
      story()
        .setting('defaultProxy.enabled', 'false')
        .request(service, (request) => {
          request.routes('DIRECT').direct().finish(200);
        }),
  },
  'auth-407-connect': {
    faulty: () =>
      story().request(service, (request) => {
        request.routes(viaProxy).tunnel({ status: 407, schemes: ['negotiate', 'ntlm'] });
        request.finish(407, viaProxy, { cause: 'proxy.auth' });
      }),
    healthy: () =>
      story().request(service, (request) => {
        request.routes(viaProxy).tunnel({ status: 200 }).finish(200, viaProxy);
      }),
  },
  'policy-502-deny': {
    as: 'error likely',
    faulty: () =>
      story().request(service, (request) => {
        request.routes(viaProxy).tunnel({ status: 502 }).finish(502, viaProxy, { cause: 'proxy.status' });
      }),
    healthy: () =>
      story().request(service, (request) => {
        request.routes(viaProxy).tunnel({ status: 200 }).finish(200, viaProxy);
      }),
  },
  'policy-403-fqdn': {
    faulty: () =>
      story()
        .request('https://tenant.servicebus.windows.net/', (request) => {
          request.routes(viaProxy).tunnel({ status: 200 }).finish(200, viaProxy);
        })
        .request(service, (request) => {
          request.routes(viaProxy).tunnel({ status: 403 }).finish(403, viaProxy, { cause: 'proxy.status' });
        }),
    healthy: () =>
      story().request(service, (request) => {
        request.routes(viaProxy).tunnel({ status: 200 }).finish(200, viaProxy);
      }),
  },
  'policy-connect-80-denied': {
    as: 'error likely',
    faulty: () =>
      story()
        .request(service, (request) => {
          request.routes(viaProxy).tunnel({ status: 200 }).finish(200, viaProxy);
        })
        .request('http://crl3.digicert.com/', (request) => {
          request.routes(viaProxy).tunnel({ status: 403 }).finish(403, viaProxy, { cause: 'proxy.status' });
        }),
    healthy: () =>
      story().request('http://crl3.digicert.com/', (request) => {
        request.routes(viaProxy).tunnel({ status: 200 }).finish(200, viaProxy);
      }),
  },
  'tls-untrusted-ca': {
    faulty: () =>
      story().request(service, (request) => {
        request.routes(viaProxy).tunnel({ status: 200 }, (conn, upstream) => {
          request.handshake(upstream, 'Public CA', 'server', 'host:tenant.msappproxy.net');
          request.distrust(conn, 'Inspection CA');
          return 'tls.untrusted';
        });
        request.finish(null, viaProxy, { cause: 'tls.untrusted' });
      }),
    healthy: () =>
      story().request(service, (request) => {
        request.routes(viaProxy).tunnel({ status: 200 }, (conn, upstream) => {
          request.handshake(upstream, 'Private CA', 'server', 'host:tenant.msappproxy.net');
          request.distrust(conn, 'Private CA');
          return 'tls.untrusted';
        });
        request.finish(null, viaProxy, { cause: 'tls.untrusted' });
      }),
  },
  'tls-client-cert-lost': {
    faulty: () =>
      story().request(service, (request) => {
        request.routes(viaProxy).tunnel({ status: 200 }, (conn, upstream) => {
          request.handshake(upstream, 'Public CA', 'server', 'host:tenant.msappproxy.net');
          request.handshake(conn, 'Inspection CA').origin(upstream, 403, null);
          return null;
        });
        request.finish(403, viaProxy, { cause: 'http.status' });
      }),
    healthy: () =>
      story().request(service, (request) => {
        request.routes(viaProxy).tunnel({ status: 200 }, (conn, upstream) => {
          request.handshake(upstream, 'Public CA', 'server', 'host:tenant.msappproxy.net');
          request.handshake(conn, 'Public CA').origin(upstream, 403);
          return null;
        });
        request.finish(403, viaProxy, { cause: 'http.status' });
      }),
  },
  'sb-tcp-rst-fast-fallback': {
    as: 'info certain',
    faulty: () =>
      story()
        .request(service, (request) => request.routes('DIRECT').direct().finish(200))
        .lookup('tenant.servicebus.windows.net', '203.0.113.20')
        .refuse('203.0.113.20:5671')
        .refuse('203.0.113.20:9350')
        .request('https://tenant.servicebus.windows.net/', (request) => {
          request.routes('DIRECT').direct('203.0.113.20:443').finish(200);
        }),
    healthy: () =>
      story()
        .request(service, (request) => request.routes(viaProxy).tunnel({ status: 200 }).finish(200, viaProxy))
        .lookup('tenant.servicebus.windows.net', '203.0.113.20')
        .refuse('203.0.113.20:5671')
        .refuse('203.0.113.20:9350')
        .request('https://tenant.servicebus.windows.net/', (request) => {
          request.routes(viaProxy).tunnel({ status: 200 }).finish(200, viaProxy);
        }),
  },
  'cfg-proxyaddress-host-no-scheme': {
    faulty: () =>
      story()
        .setting('proxy.proxyaddress', 'proxyserver:8080')
        .request(service, (request) => {
          const text = 'The ServicePointManager does not support proxies with the proxyserver scheme.';
          request.routes().finish(null, null, { name: 'NotSupportedException', text, cause: 'config.invalid' });
        }),
    healthy: () =>
      story()
        .setting('proxy.proxyaddress', 'http://proxyserver:8080')
        .request(service, (request) => {
          request.routes(viaProxy).tunnel({ status: 200 }).finish(200, viaProxy);
        }),
  },
};

describe.each(Object.entries(states))('%s', (id, { faulty, healthy, as = 'error certain' }) => {
  test('is found alone where its fault is', () => {
    expect(found(faulty())).toEqual([`${id} ${as}`]);
  });

  test('is not found, and nothing else is, where its fault is not', () => {
    expect(found(healthy())).toEqual([]);
  });

  test('shows evidence that is in the trace, and no words of the lab', () => {
    const { events } = faulty();
    const [finding] = diagnose(events);
    expect(finding?.evidence.length).toBeGreaterThan(0);
    for (const seq of finding?.evidence ?? []) expect(events[seq - 1]?.type).not.toMatch(/^(lab|step)\./);
  });
});

const folder = join(import.meta.dirname, '../../src/diagnosis/rules');

test('every rule is in a file of its own name and in the list, and every state here has a rule', () => {
  const files = readdirSync(folder).map((file) => basename(file, '.ts'));
  const ids = rules.map(({ id }) => id);
  expect([...ids, 'index'].toSorted()).toEqual(files.toSorted());
  expect(Object.keys(states).filter((id) => !ids.includes(id))).toEqual([]);
  for (const id of ids) expect(readFileSync(join(folder, `${id}.ts`), 'utf8')).toContain(`id: '${id}'`);
});

test('every rule says how to confirm with a filter, how to fix, and what would refute it', () => {
  for (const { id, confirm, fix, refutedIf, summary, needs } of rules) {
    expect([id, confirm.length, fix.length, refutedIf.length, summary.length].every(Boolean), id).toBe(true);
    expect(needs.length, id).toBeGreaterThan(0);
  }
});
