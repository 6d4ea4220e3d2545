/** What needs no other name: words that say nothing of anybody, and names that are the same for everybody. */

const list = (text: string): string[] => text.trim().split(/\s+/);

/** Words of network people and programmers, in lower case. A word of this list tells nobody whose file it was. */
export const plainWords: ReadonlySet<string> = new Set(
  list(`
  a ab abs add address adfs administrator agent all allow alert an and any api app application apps array at auth auto
  backend basic bearer block body bool boolean break browser bypass bypasslist bypassonlocal ca cache case catch cdn
  ces cgi char charat charcodeat clear client cloud code com concat config configuration connect connector console const
  content continue convert corp count crl crt css current dat data date day dc default defaultproxy delete deny dest
  destination dev dhcp digest dir direct dmz dns dnsdomainis dnsdomainlevels dnsresolve dnsresolveex do domain domains
  down else empty enable enabled end entry error ex exec exit ext external false file filter final findproxyforurl
  findproxyforurlex firewall first fn for forward found from ftp ftps function gateway get getday gethours global gmt go
  group gw hash head headers hex home host hostname hosts htm html http https if img in inet index indexof info inside
  int internal internet intern intranet ip ipaddr ips ipv4 ipv6 is isinnet isinnetex isplainhostname isresolvable
  isresolvableex item js json kerberos key lan last lastindexof length let level list loc local localhost
  localhostordomainis location log login loopback lower mail main map mask match math max message method min mobile module
  month my myip myipaddress myipaddressex n name negotiate net network new next no node none not ntlm null num number o
  object ocsp off office ok old on only or org origin out outside p pac parse parseint part password path pattern
  plain policy pop port post pre prefix primary private process prod profile protocol proxies proxy proxyaddress public
  push query r random range read realm redirect regexp remote remove replace request resolve resolved response rest result
  return route rule rules s scheme script scriptlocation search secondary secret secure section self server service set
  settings setup shexpmatch slice socks socks4 socks5 sortipaddresslist split src srv ssl stage start startswith state
  status string sub subdomain subnet substr substring suffix switch system t tcp temp tenant test tests text the this throw
  timerange timeout tls to token tolowercase tostring touppercase true try type typeof u udp undefined up updater upper url
  urls us use user useragent username usesystemdefault value values var version vlan vpn w web weekdayrange daterange
  while wifi window with wlan word wpad www x xml y year yes z zone zscaler
  jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun utc
  digicert globalsign sectigo usertrust encrypt isrg entrust verisign baltimore authority root
  microsoft windows azure entra msappproxy servicebus applicationproxyconnector applicationproxyconnectorservice
  applicationproxyconnectorupdaterservice microsoftentraprivatenetworkconnectorservice
  microsoftentraprivatenetworkconnectorupdaterservice autodetect unspecified framework framework64 machine exe netsh env
  winhttp reg capture pcap pcapng har squid access export netlog download files`),
);

/** Endings of names that are everybody's: what stands before them is somebody's. */
export const publicSuffixes: readonly string[] = list(`
  msappproxy.net servicebus.windows.net blob.core.windows.net windowsupdate.com windows.net microsoft.com
  microsoftonline.com microsoftonline-p.com msauth.net msauthimages.net msftauth.net msftauthimages.net msecnd.net
  msocsp.com azure.com azure.us phonefactor.net digicert.com msftncsi.com msftconnecttest.com office.com office365.com
  office.net live.com sharepoint.com dc.ad.msft.net ad.msft.net in-addr.arpa ip6.arpa letsencrypt.org lencr.org
  globalsign.com globalsign.net sectigo.com usertrust.com verisign.com mozilla.com mozilla.org google.com gstatic.com
  googleapis.com w3.org`);

/** Labels before those endings that are the service's own. */
export const publicLabels: ReadonlySet<string> = new Set(
  list(`
  connectorregistrationca crl crl1 crl2 crl3 crl4 ocsp oneocsp mscrl login secure aadcdn logincdn enterpriseregistration
  management policykeyservice ctldl www relay west schemas time update download fe2 fe3 v10 settings-win config bootstrap`),
);

/** Last labels that are nobody's: private use, file names, and our own. */
export const plainEndings: ReadonlySet<string> = new Set(
  list(`
  local localdomain lan internal intern intranet home corp private test example invalid localhost arpa
  pac dat js crl crt cer der cab html htm txt log config exe msi json csv tsv etl xml har pcap pcapng reg png gif css php asp aspx`),
);

/** Statuses of HTTP and usual ports: nobody is known by them. */
export const plainNumbers: ReadonlySet<string> = new Set(
  list(`
  200 203 204 301 302 303 304 307 308 400 401 403 404 405 407 408 409 413 429 431 500 501 502 503 504 511
  443 1080 3128 5671 5672 8000 8080 8081 8118 8443 8888 9350 9351 9352 9353 9354 9400 9480`),
);

const fieldProtocols = /^(?:https?|tcp|udp|ipv?6?|icmpv?6?|dns|tls|dhcp|frame|ntlmssp|socks|property)\./;

/** Labels of the fields of Wireshark and Message Analyzer. */
const fieldLabels: ReadonlySet<string> = new Set(
  list(`
  ack addr alert_message analysis answers code comment content_length content_type count date desc dst dstport
  extensions_server_name fin flags full_uri handshake host keep_alive len line location messagetype method name number
  option payload port proxy_authenticate qry random rcode record request reset response retransmission rst server_id
  src srcport stream syn tcpsynretransmit time time_delta time_relative ttl type upgrade uri user_agent version
  www_authenticate`),
);

/** Names with dots that are the same for everybody and no hosts: fields of filters, parts of Windows and .NET. */
export const isTechnical = (name: string): boolean =>
  /^(?:system\.net|microsoft\.net|\.net|\.netframework|services\.msc|inetcpl\.cpl|resolv\.conf|policies\.json)$/.test(
    name,
  ) ||
  /^system(?:\.(?:net|sockets|security|authentication|io|http))*\.[a-z]+exception$/.test(name) ||
  (fieldProtocols.test(name) &&
    name
      .split('.')
      .slice(1)
      .every((label) => fieldLabels.has(label)));
