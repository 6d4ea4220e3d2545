import { ntlmSession } from './ntlm.ts';
import type { ClientScheme } from './scheme.ts';

/**
 * RFC 4559 as Windows speaks it without a ticket (the proxy is named by its address, or has no SPN): NTLM's messages as
 * they are, under this name. The lab has no KDC, so there never is a ticket.
 */
export const negotiate: ClientScheme = {
  name: 'negotiate',
  takes: () => true,
  begin: (tools) => ntlmSession('Negotiate', tools),
};
