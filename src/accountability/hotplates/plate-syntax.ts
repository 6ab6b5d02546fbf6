import { confusablesOf } from '../../hotlist/plate-text.ts';

/**
 * Shapes of the states' usual series, `9` a digit and `A` a letter, passenger and others, now and earlier. They are
 * not a complete register: a plate that fits none may be a personalised one, so they only serve to point out a likely
 * typing error (HOT-14).
 */
const series: Readonly<Record<string, string>> = {
  AL: '9A99999 99A9999 9AA9999 99AA999 9999AAA',
  AK: 'AAA999',
  AZ: 'AAA9999 AAA9A9A AAA999 999AAA',
  AR: '999AAA AAA99A',
  // Passenger until 2026 and from then on; commercial; trailers; motorcycles; exempt vehicles; older ones.
  CA: '9AAA999 999AAA9 9A99999 99999A9 9AA9999 99A9999 9999999 999AAA AAA999',
  CO: 'AAA999 999AAA AAAA99',
  CT: 'AA99999 999AAA 9AAAA9',
  DC: 'AA9999',
  DE: '999999 99999',
  FL: 'AAAA99 A99AAA 999AAA AAA99A AA99AA 99AAAA',
  GA: 'AAA9999 999AAA',
  HI: 'AAA999',
  IA: 'AAA999',
  ID: '9A99999 9A9999A A999999 9AA9999',
  IL: 'AA99999 A999999 9999999',
  IN: '999A 999AA 999AAA 99A9999',
  KS: '999AAA 9999AAA',
  KY: '999AAA AAA999 A9A999',
  LA: '999AAA AAA999',
  MA: '9AAA99 999AA9 9AA999 99AA99 999AAA 9999AA',
  MD: '9AA9999 9AAA99 AAA999',
  ME: '9999AA 999AAA',
  MI: 'AAA9999 9AAA99',
  MN: 'AAA999 999AAA',
  MO: 'AA9A9A 999AAA',
  MS: 'AAA999 AAA9999',
  MT: '999999A 99999A 9999999',
  NC: 'AAA9999',
  ND: '999AAA',
  NE: 'AAA999 9A9999 99A999',
  NH: '9999999 999999',
  NJ: 'A99AAA AAA99A 999AAA',
  NM: '999AAA AAA999 AAAA99',
  NV: '99A999 999A99 999AAA',
  NY: 'AAA9999 AAA999',
  OH: 'AAA9999',
  OK: 'AAA999 999AAA',
  OR: '999AAA AAA999',
  PA: 'AAA9999 AAA999',
  RI: '999999 AA999 9AA999',
  SC: 'AAA999 999AAA',
  SD: '9A9999 99A999 9AA999',
  TN: 'AAA9999 A9999A 999AAA',
  TX: 'AAA9999 999AAA AA9A999',
  UT: 'A999AA 9A9AA A99AAA',
  VA: 'AAA9999',
  VT: 'AAA999',
  WA: 'AAA9999 999AAA',
  WI: 'AAA9999 999AAA',
  WV: '9AA999 9A9999 AAA999',
  WY: '99999 999999 9999999',
};

/**
 * States that put no letter O on a plate, not even a personalised one: people who type plates for tolls and citations
 * write 0.
 */
const withoutO = new Set('AL CT FL GA HI ID KS MI MN MO MT NE NV NJ NM TX UT'.split(' '));

const shapeOf = (text: string): string => text.replace(/[A-Z]/g, 'A').replace(/[0-9]/g, '9');

/** A plate that fits a series of its state only if some characters are swapped for their look-alikes. */
export interface Twins {
  /** Its form does not fit any usual series of the state, or it has a letter O where the state uses none. */
  because: 'form' | 'letter O';
  /** Positions from 1. */
  positions: number[];
  suggestion: string;
}

/**
 * Looks for a letter where the state's series have a digit, or the reverse, whose look-alike (0 and O, 1 and I, 8 and B
 * …) would fit, and for a letter O that the state never uses. Null if the plate fits, if no swap helps, or if the state
 * is unknown.
 */
export function findTwins(plate: string, state: string | null): Twins | null {
  if (state !== null && withoutO.has(state) && plate.includes('O')) {
    const positions = [...plate].flatMap((char, at) => (char === 'O' ? at + 1 : []));
    return { because: 'letter O', positions, suggestion: plate.replaceAll('O', '0') };
  }
  const shapes = state === null ? undefined : series[state]?.split(' ');
  if (shapes === undefined || shapes.includes(shapeOf(plate))) return null;
  let best: Twins | null = null;
  for (const shape of shapes) {
    const twins = turnTwins(plate, shape);
    if (twins !== null && (best === null || twins.positions.length < best.positions.length)) {
      best = twins;
    }
  }
  return best;
}

/** Swaps characters for look-alikes of the other kind until the plate has the shape; null if one has no look-alike. */
function turnTwins(plate: string, shape: string): Twins | null {
  if (plate.length !== shape.length) return null;
  const positions: number[] = [];
  let suggestion = '';
  for (const [at, char] of [...plate].entries()) {
    const wanted = shape.charAt(at);
    if (shapeOf(char) === wanted) {
      suggestion += char;
      continue;
    }
    const twin = [...confusablesOf(char)].find((other) => shapeOf(other) === wanted);
    if (twin === undefined) return null;
    positions.push(at + 1);
    suggestion += twin;
  }
  // A plate with more than two such characters is more likely a personalised plate.
  return positions.length > 2 ? null : { because: 'form', positions, suggestion };
}
