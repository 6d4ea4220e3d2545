/** Text from strangers (files, headers, scripts) must not steer a terminal: control and direction marks, and halves of characters, become U+FFFD. */
export const printable = (text: string): string =>
  text.replace(/(?![\t\n])\p{Cc}|\p{Cs}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
