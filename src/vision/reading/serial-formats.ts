/**
 * Serial formats that many plates follow: `9` a digit, `A` a letter. US passenger series first, then
 * some of Europe and Latin America. Only used to rank candidates that were not the first choice.
 */
const serialFormats = new Set([
  // California: passenger until 2026, from then on and earlier; commercial; trailers; motorcycles.
  ...['9AAA999', '999AAA9', '999AAA', 'AAA999', '9A99999', '99999A9', '99999AA', 'A99999A'],
  ...['9AA9999', '99A9999'],
  // Other states of the USA.
  ...['AAA9999', '9999AAA', 'AA99999', 'AA9A999', 'A99AAA', 'AAA99A', 'AAAA99', 'A999AA'],
  ...['9A99AA', '99AA99', '999A99', '99A999', '9AA999', 'AA9999', 'AA9A9A', 'AA999A', '999AA9'],
  ...['A9A999', '9A9999A', '99AAA9', 'AA9AA', '9999AA', 'AAAA999', 'AA99AA', '9A99A99', 'AAA999A'],
  // France, Germany, Spain, the United Kingdom, Italy; Brazil old and new.
  ...['AA999AA', 'AA99AAA', 'AAA9A99', '9999AAA', 'AAA9AA', '9AAA99'],
]);

/** Most characters of a plate: India's series (MH12AB1234). */
export const longestPlate = 10;
/** Most digits of a plate: Israel's series (12345678). A telephone number has more. */
const mostDigits = 8;

/** Whether a text is too long for any plate: that of a sign, a telephone number or an address of the web. */
export function isTooLong(text: string): boolean {
  return text.length > longestPlate || text.replace(/\D/g, '').length > mostDigits;
}

/** Whether a text has the shape of a usual serial. */
export function hasSerialFormat(text: string): boolean {
  return serialFormats.has(text.replace(/[0-9]/g, '9').replace(/[A-Z]/g, 'A'));
}
