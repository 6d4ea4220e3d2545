import { serviceFile, updaterFile } from '../product-files.ts';
import { bySetting, isStillborn, nameOf, needing, placeOf, voided } from '../programs.ts';
import { rule } from '../rule.ts';

/** An address of digits, or in brackets, with a port and no scheme. */
const bareAddress = /^(\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/i;

export const cfgProxyaddressIpNoScheme = rule({
  id: 'cfg-proxyaddress-ip-no-scheme',
  title: 'proxyaddress is an IP address without http://',
  severity: 'error',
  summary:
    'proxyaddress has to be an absolute URI. A name before a colon passes for a scheme; an IP address does not, so .NET ' +
    'Framework refuses the whole section with a configuration error. No packet leaves the machine. Which text the error ' +
    'has is inferred from the framework’s source.',
  confirm:
    'A capture that spans the start of the service shows nothing for the filter `tcp.port==8080 || tcp.port==443` (the ' +
    'same in Message Analyzer; with the port of your proxy). The log holds a ' +
    'ConfigurationErrorsException that names system.net/defaultProxy or proxyaddress.',
  fix: `Write proxyaddress="http://10.0.0.5:8080", with the prefix also for an IP address, in ${serviceFile} and ${updaterFile}; restart both services.`,
  refutedIf: 'A packet to the proxy is in the capture, or the value in the file that the service reads has http://.',
  alternatives: [],
  ...bySetting(
    'a proxyaddress of the form 10.0.0.5:8080 and a request that failed before any packet',
    needing('a value that makes a configuration file unusable', (program) => voided(program, /^unusable$/)),
    (program) =>
      voided(program, /^unusable$/).flatMap((setting) => {
        const { name, value } = setting.data;
        const [, host, port] = bareAddress.exec(value.trim()) ?? [];
        if (name !== 'proxy.proxyaddress' || host === undefined) return [];
        return [
          {
            settings: [setting],
            requests: program.requests.filter(isStillborn),
            about: placeOf(setting),
            why: `${placeOf(setting)} sets proxyaddress to "${value}", which is no URI: ${nameOf(program)} cannot use its configuration and sends no packet.`,
            match: {
              fix: `In ${placeOf(setting)} write proxyaddress="http://${host}${port === undefined ? '' : `:${port}`}", then restart the service.`,
            },
          },
        ];
      }),
  ),
});
