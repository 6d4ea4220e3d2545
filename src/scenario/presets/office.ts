/**
 * An office that lets nobody out but its proxy: a server with the proxy script at 10.20.0.5, a proxy at
 * proxy.corp.example:8080, and a firewall that drops what goes directly to port 443. Nothing says yet where the script
 * is: `dns.records.wpad.corp.example` or DHCP does that.
 */
export const office = {
  extends: 'entra',
  dns: { records: { 'proxy.corp.example': { A: '10.20.0.8' } } },
  hosts: {
    'wpad.corp.example': {
      address: '10.20.0.5',
      http: {
        '/wpad.dat': {
          type: 'application/x-ns-proxy-autoconfig',
          pacText: 'function FindProxyForURL(url, host) { return "PROXY proxy.corp.example:8080"; }',
        },
      },
    },
  },
  proxies: { edge: { listen: 'proxy.corp.example:8080' } },
  firewall: { rules: [{ when: { to: '*:443', except: ['edge'] }, then: 'drop' }] },
};
