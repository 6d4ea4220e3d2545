/** The files and keys of the connector, under its older and its newer name, as a fix names them (documented). */

export const serviceFile =
  'C:\\Program Files\\Microsoft Azure AD App Proxy Connector\\ApplicationProxyConnectorService.exe.config (newer builds: ' +
  '…\\Microsoft Entra private network connector\\MicrosoftEntraPrivateNetworkConnectorService.exe.config)';

export const updaterFile =
  'C:\\Program Files\\Microsoft Azure AD App Proxy Connector Updater\\ApplicationProxyConnectorUpdaterService.exe.config ' +
  '(newer builds: …\\Microsoft Entra private network connector Updater\\' +
  'MicrosoftEntraPrivateNetworkConnectorUpdaterService.exe.config)';

export const machineFile = '%SystemRoot%\\Microsoft.NET\\Framework64\\v4.0.30319\\Config\\machine.config';

export const bypassElement =
  '<configuration><system.net><defaultProxy enabled="false"></defaultProxy></system.net></configuration>';

export const proxyElement =
  '<proxy proxyaddress="http://proxyserver:8080" bypassonlocal="True" usesystemdefault="True"/>';

/** Name and port of the proxy, and whatever the client asks of it. */
export const proxyFilter =
  '`http.request.method=="CONNECT" || http.response` on the proxy’s port (Message Analyzer: `(https.Request or ' +
  'https.Response) and tcp.port==8080`)';

export const synFilter =
  '`tcp.analysis.retransmission && tcp.flags.syn==1 && tcp.port==443` (Message Analyzer: `property.TCPSynRetransmit`)';

export const wpadFilter = '`dns.qry.name contains "wpad" || http.request.uri contains "wpad.dat"`';
