import { redactMarkup } from '../../redact/index.ts';
import type { Kind } from '../kind.ts';

export const configuration: Kind = {
  name: 'configuration',
  summary: '.exe.config or machine.config of the .NET Framework',
  fits: ({ name, text }) =>
    /^\s*</.test(text) && (/\.config$/i.test(name) || /<(?:configuration|system\.net|defaultProxy)\b/i.test(text)),
  copy: (path) => {
    if (/machine[^\\/]*\.config$/i.test(path))
      return /[\\/]Framework[\\/]/i.test(path) ? 'Framework/machine.config' : 'Framework64/machine.config';
    const program = /PrivateNetworkConnector/i.test(path)
      ? 'MicrosoftEntraPrivateNetworkConnector'
      : 'ApplicationProxyConnector';
    return `${program}${/updater/i.test(path) ? 'UpdaterService' : 'Service'}.exe.config`;
  },
  redact: redactMarkup,
  isSettings: true,
};
