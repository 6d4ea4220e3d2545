import type { Phase } from '../../program.ts';
import type { ConnectorOptions } from './options.ts';

/** MSAL flow; that it runs with the administrator's own settings is inferred from a sibling product. */
export const signIn: Phase<ConnectorOptions> = {
  name: 'sign-in',
  basis: 'inferred',
  summary:
    'The administrator who installs signs in on the login hosts, port 443. The list of hosts is documented; that the ' +
    'window uses the administrator’s own proxy settings, and which of the hosts it asks, is inferred.',
  says: ({ signIn }) => `the administrator signs in: ${signIn.join(', ')}`,
  run: async ({ actor }, { signIn }) => {
    for (const host of signIn) {
      const { error } = await actor('administrator').request(`https://${host}/`, {});
      if (error) return { ok: false, says: `One or more errors occurred. ${host}: ${error.text}` };
    }
    return { ok: true, says: 'signed in' };
  },
};
