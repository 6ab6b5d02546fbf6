/** A PIN has at least so many digits (CJIS 5.6.2.1.2, authentication on the device itself). */
export const shortestPin = 6;
const longestPin = 12;
/** A PIN of fewer digits than these that differ is tried first. */
const fewestDifferent = 4;
/** So many digits in counting order are a run: `1234`. */
const longestRun = 3;

/**
 * What is wrong with a PIN that a person chose, as a sentence; null if nothing is. Refused is what is tried first: runs,
 * repeats, years and dates of birth, and the number in the person's own username, which is often that of the badge.
 */
export function faultOfPin(pin: string, username: string): string | null {
  if (!/^\d*$/.test(pin)) return 'A PIN is made of digits only.';
  if (pin.length < shortestPin) return `A PIN has at least ${shortestPin} digits.`;
  if (pin.length > longestPin) return `A PIN has at most ${longestPin} digits.`;
  if (new Set(pin).size < fewestDifferent || /^(\d{2,6})\1+$/.test(pin)) {
    return `This PIN repeats itself: use at least ${fewestDifferent} different digits, and no pattern twice.`;
  }
  if (hasRun(pin)) return 'This PIN counts up or down: choose digits in no order.';
  if (/19[3-9]\d|20[0-3]\d/.test(pin) || isDate(pin)) {
    return 'This PIN can be read as a year or a date: choose digits that mean nothing.';
  }
  const number = username.replace(/\D/g, '');
  if (number.length >= 4 && (pin.includes(number) || number.includes(pin))) {
    return 'This PIN is in your username: choose another.';
  }
  return null;
}

/** Whether digits follow one another in counting order, up or down, for longer than they may. */
function hasRun(pin: string): boolean {
  let length = 1;
  let before = 0;
  for (let at = 1; at < pin.length; at += 1) {
    const step = Number(pin[at]) - Number(pin[at - 1]);
    const goesOn = Math.abs(step) === 1;
    length = goesOn && step === before ? length + 1 : goesOn ? 2 : 1;
    before = step;
    if (length > longestRun) return true;
  }
  return false;
}

/** Whether six digits are a day as people write it: day, month and year in any usual order, the year with two digits. */
function isDate(pin: string): boolean {
  const [, one = '', two = '', three = ''] = /^(\d\d)(\d\d)(\d\d)$/.exec(pin) ?? [];
  const isDay = (text: string) => Number(text) >= 1 && Number(text) <= 31;
  const isMonth = (text: string) => Number(text) >= 1 && Number(text) <= 12;
  return (
    (isDay(one) && isMonth(two)) || (isMonth(one) && isDay(two)) || (isMonth(two) && isDay(three))
  );
}
