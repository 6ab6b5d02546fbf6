/** Text for a log or a message, without the user and password that the URL of a camera or broker may contain. */
export function withoutPasswords(text: string): string {
  return text.replace(/\/\/[^/]*@/g, '//…@');
}
