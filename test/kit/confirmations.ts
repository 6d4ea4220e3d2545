/** The filters that a text names between backquotes. */

/** A placeholder is nothing that anybody can type. */
const fields = /^[(!]*(tcp|http|dns|tls|ip|udp|frame|icmp|ntlmssp|dhcp|ipv6|websocket)\.[a-z_.]+/;

/** Those of Wireshark, by its fields; other tools' filters stand in brackets behind their name. */
export const filtersOf = (confirm: string): string[] =>
  [...confirm.replaceAll(/\(Message\s+Analyzer:[^)]*(\([^)]*\)[^)]*)*\)/g, '').matchAll(/`([^`]+)`/g)]
    .map(([, text = '']) => text)
    .filter((text) => fields.test(text) && !/<[a-z]/.test(text));
