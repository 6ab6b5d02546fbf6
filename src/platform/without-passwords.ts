/** Text for a log or a message without the user and password that the address of a camera or broker may hold. */
export function withoutPasswords(text: string): string {
  return text.replace(/\/\/[^/]*@/g, '//…@');
}
