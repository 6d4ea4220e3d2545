import { refusedWith } from '../refused-hellos.ts';
import { rule } from '../rule.ts';

const { need, find } = refusedWith('handshake_failure', 'nothing of what one end offers suits the other', 'likely');

export const tlsCipherMismatch = rule({
  id: 'tls-cipher-mismatch',
  title: 'Two ends of TLS have no cipher suite in common',
  severity: 'error',
  summary:
    'The versions agree, the lists of cipher suites (or of signature algorithms) do not: an inspector with a list of its own, ' +
    'or a machine whose list was cut short by policy. The ClientHello is answered with handshake_failure.',
  confirm:
    'Filter `tls.alert_message.desc==40 || tls.handshake.type==1`; compare the suites in the ClientHello with what the other ' +
    'end accepts (`openssl s_client -proxy … -cipher …`). Chromium says ERR_SSL_VERSION_OR_CIPHER_MISMATCH (-113).',
  fix: 'Enable a common suite, such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, on the inspector or in the machine’s policy; or exempt the destination from inspection.',
  refutedIf: 'The same ClientHello gets a ServerHello from this end at other times.',
  alternatives: [
    {
      id: 'tls-sha512-blocked',
      tellApart:
        'The suites do agree; the list of signature algorithms on one end lacks SHA-512, which the other end needs.',
    },
    {
      id: 'tls-client-cert-required-alert',
      tellApart: 'The destination asked for a certificate before the alert (`tls.handshake.type==13`).',
    },
  ],
  needs: [need],
  find,
});
