import type { ClientScheme } from './scheme.ts';

/** RFC 7617. Said once; a second challenge means that the credentials are wrong. */
export const basic: ClientScheme = {
  name: 'basic',
  takes: () => true,
  begin({ credentials: { user, password } }) {
    let said = false;
    return {
      bound: false,
      next(challenge) {
        if (challenge && said) return undefined;
        said = true;
        return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
      },
    };
  },
};
