import { refusedWith } from '../refused-hellos.ts';
import { rule } from '../rule.ts';

const { need, find } = refusedWith('protocol_version', 'there is no version of TLS that both ends speak');

export const tlsVersionFloor = rule({
  id: 'tls-version-floor',
  title: 'One end of TLS does not speak a version that the other demands',
  severity: 'error',
  summary:
    'The service takes TLS 1.2 and newer. An old inspector, or a machine on which Schannel or .NET Framework was kept from ' +
    'TLS 1.2, offers less, and the handshake ends with its first message. The connector’s installation fails with it.',
  confirm:
    'Filter `tls.alert_message.desc==70 || tls.handshake.type==1`: the versions that the ClientHello offers stand in ' +
    'supported_versions, or in its legacy version when there are none.',
  fix:
    'On the connector’s machine enable TLS 1.2 (SCHANNEL\\Protocols\\TLS 1.2\\Client, Enabled=1) and SchUseStrongCrypto=1 under ' +
    'HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319, 32 and 64 bit. On an inspector, enable TLS 1.2 on both sides, or exempt the service’s hosts.',
  refutedIf: 'The ClientHello offers TLS 1.2, and the other end answers TLS 1.2 to other clients.',
  alternatives: [],
  needs: [need],
  find,
});
