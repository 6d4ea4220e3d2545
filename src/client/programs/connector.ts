/**
 * The Microsoft Entra application proxy connector. The binary is closed: what is documented is marked so, the rest is
 * inferred, and what nobody has established stands in `open`.
 */
import { program } from '../program.ts';
import { bootstrap, refresh } from './connector/bootstrap.ts';
import { certificates } from './connector/certificates.ts';
import { connectorOptions } from './connector/options.ts';
import { registration, renewal } from './connector/registration.ts';
import { data } from './connector/serve.ts';
import { signalling } from './connector/signalling.ts';
import { signIn } from './connector/sign-in.ts';

export const connector = program({
  summary: 'The Entra application proxy connector: registration, configuration, signalling, requests of users.',
  options: connectorOptions,
  identity: 'network-service',
  actors: {
    administrator: { profile: 'dotnet-framework', identity: 'administrator', basis: 'inferred' },
    certificates: { profile: 'winhttp', identity: null, basis: 'documented' },
  },
  phases: [signIn, registration, bootstrap, certificates, signalling, refresh, renewal],
  chosen: ({ phases }) => phases,
  serving: data,
  open: {
    ports: 'Which TCP ports it opens, and in which order: the ports of Service Bus are taken, from the lowest on.',
    webSocket: 'Whether requests of users come by WebSocket only: they are simulated, and their answers go by HTTPS.',
    backend:
      'Whether the way to backends is WinHTTP or System.Net: the choice is WinHTTP’s, the words are System.Net’s.',
    installer: 'Where the installer takes its proxy from: the administrator’s own settings are taken.',
    accounts: 'What it does where a script answers the accounts differently: each caller goes by its own answer.',
    stack: 'Whether newer builds still run on HttpWebRequest: they are taken to.',
    failures:
      'When it tries a phase again that has failed: configuration and signalling after ten minutes, without an end; a sign-in ' +
      'or registration that fails waits for the administrator.',
  },
});
