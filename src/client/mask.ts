/** Settings as events show them: a password in a URL is nobody's business. */
export const withoutPasswords = (value: string): string => value.replace(/(:\/\/[^\s/@:]*:)[^\s/@]*@/g, '$1***@');
