import { messageType } from '../../ntlm-messages.ts';
import type { AuthScheme } from '../scheme.ts';
import { checkNtlm, ntlm } from './ntlm.ts';

/** GSS-API framing (RFC 2743 section 3.1) around the OID of SPNEGO, 1.3.6.1.5.5.2, or of Kerberos itself. */
const mechanisms = [Buffer.from('06062b0601050502', 'hex'), Buffer.from('06092a864886f712010202', 'hex')];

/**
 * RFC 4559. There is no KDC here: a Kerberos token is refused, or taken for good by its shape. A client without a
 * ticket that sends NTLM under this name, as Windows does, is checked like NTLM.
 */
export const negotiate: AuthScheme = {
  name: 'negotiate',
  summary: 'Kerberos or NTLM, as the client can.',
  challenge: () => ['Negotiate'],
  check(credentials, on) {
    const token = Buffer.from(credentials, 'base64');
    if (messageType(token) !== undefined) return checkNtlm(credentials, on);
    const looksRight = token[0] === 0x60 && mechanisms.some((oid) => token.subarray(0, 24).includes(oid));
    return looksRight && on.negotiate === 'shape' ? { kind: 'passed', user: '(ticket)' } : { kind: 'refused' };
  },
  ...(ntlm.standing && { standing: ntlm.standing }),
};
