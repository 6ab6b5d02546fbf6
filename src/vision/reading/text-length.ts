/** Most characters of a plate: India's series (MH12AB1234). */
export const longestPlate = 10;
/** Most digits of a plate: Israel's series (12345678). A telephone number has more. */
const mostDigits = 8;

/** Whether a text is too long for any plate: that of a sign, a telephone number or an address of the web. */
export function isTooLong(text: string): boolean {
  return text.length > longestPlate || text.replace(/\D/g, '').length > mostDigits;
}
