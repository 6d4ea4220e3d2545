/**
 * An intranet behind a proxy of its own: the application that the connector publishes is at app.corp.example, and only
 * the proxy proxy.corp.example:8080 gets there. The way to the service is open.
 */
export const intranet = {
  extends: 'entra',
  dns: {
    records: {
      'proxy.corp.example': { A: '10.20.0.8' },
      'app.corp.example': { A: '10.20.5.1' },
    },
  },
  hosts: {
    'app.corp.example': {
      http: { '/': { body: 'the application' } },
      https: { paths: { '/': { body: 'the application' } } },
    },
  },
  proxies: { inner: { listen: 'proxy.corp.example:8080' } },
  firewall: { rules: [{ when: { to: '10.20.5.*', except: ['inner'] }, then: 'drop' }] },
};
