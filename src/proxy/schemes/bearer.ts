import { quoted } from '../scheme.ts';
import type { AuthScheme } from '../scheme.ts';

/** RFC 6750: a scheme that hardly any client can do towards a proxy. */
export const bearer: AuthScheme = {
  name: 'bearer',
  summary: 'A token from elsewhere.',
  challenge: ({ realm }) => [`Bearer realm=${quoted(realm)}`],
};
