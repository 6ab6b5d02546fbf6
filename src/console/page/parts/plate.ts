import { html, nothing, type TemplateResult } from 'lit-html';

/**
 * Centre lines of the characters in a 60 by 100 box, drawn with one thick stroke like a plate's dies. Drawn here, so
 * that every screen shows the same, and easily confused characters differ: slashed 0 and round O, footed 1
 * and barred I, flat-topped 5 and Z with a straight back.
 */
const strokes: Record<string, string> = {
  A: 'M6 92 30 8 54 92M15 64H45',
  B: 'M10 50H34M10 8V92H34C58 92 58 50 34 50 54 50 54 8 34 8Z',
  C: 'M52 30C52 0 8 0 8 30V70C8 100 52 100 52 70',
  D: 'M10 8V92H26C52 92 52 72 52 50 52 28 52 8 26 8Z',
  E: 'M50 8H10V92H50M10 50H42',
  F: 'M50 8H10V92M10 50H42',
  G: 'M52 30C52 0 8 0 8 30V70C8 100 52 100 52 70V54H32',
  H: 'M9 8V92M51 8V92M9 50H51',
  I: 'M14 8H46M30 8V92M14 92H46',
  J: 'M50 8V70C50 100 8 100 8 68',
  K: 'M10 8V92M50 8 12 56M25 42 52 92',
  L: 'M11 8V92H51',
  M: 'M7 92V8L30 58 53 8V92',
  N: 'M9 92V8L51 92V8',
  O: 'M30 8C4 8 7 28 7 50 7 72 4 92 30 92 56 92 53 72 53 50 53 28 56 8 30 8Z',
  P: 'M10 92V8H34C56 8 56 54 34 54H10',
  Q: 'M30 8C4 8 7 28 7 50 7 72 4 92 30 92 56 92 53 72 53 50 53 28 56 8 30 8ZM34 68 54 94',
  R: 'M10 92V8H34C56 8 56 52 34 52H10M32 52 52 92',
  S: 'M51 28C48 0 9 2 9 28 9 54 51 46 51 72 51 100 10 98 8 70',
  T: 'M6 8H54M30 8V92',
  U: 'M9 8V68C9 100 51 100 51 68V8',
  V: 'M6 8 30 92 54 8',
  W: 'M5 8 17 92 30 38 43 92 55 8',
  X: 'M8 8 52 92M52 8 8 92',
  Y: 'M6 8 30 52 54 8M30 52V92',
  Z: 'M8 8H52L8 92H52',
  0: 'M11 32C11 0 49 0 49 32V68C49 100 11 100 11 68ZM38 32 22 68',
  1: 'M14 26 31 8V92M14 92H48',
  2: 'M9 30C9 0 51 0 51 30 51 52 9 70 9 92H52',
  3: 'M9 26C12 0 50 2 50 28 50 44 38 48 24 48 38 48 52 54 52 72 52 100 10 98 8 72',
  4: 'M42 92V8L8 68H54',
  5: 'M49 8H13L11 46C20 34 52 34 52 64 52 98 12 100 8 74',
  6: 'M49 22C42 0 8 2 8 44V68C8 100 52 100 52 66 52 34 12 36 8 62',
  7: 'M8 8H52L24 92',
  8: 'M30 8C4 8 4 48 30 48 56 48 56 8 30 8ZM30 48C0 48 0 92 30 92 60 92 60 48 30 48Z',
  9: 'M11 78C18 100 52 98 52 56V32C52 0 8 0 8 34 8 66 48 64 52 38',
  '?': 'M12 28C12 0 50 0 50 28 50 48 30 48 30 66M30 88V92',
  '*': 'M30 32V68M14 41 46 59M46 41 14 59',
};

/** Which characters of a plate are marked, and how likely each was read. */
export interface Marks {
  /** Positions that differ from the other plate, from 0. */
  differs?: readonly number[];
  /** Probability of each character as read, 0 to 1; a doubtful one is marked with it. */
  p?: readonly (number | null)[];
}

/** A character less likely than this is marked as doubtful. */
const doubtfulBelow = 0.9;

/**
 * A plate as a row of drawn characters, with its text for copying and for readers of the screen. `columns`: as many
 * places as the longer of two plates that stand one above the other.
 */
export function plate(
  kind: string,
  text: string,
  { differs = [], p = [] }: Marks = {},
  columns = text.length,
): TemplateResult {
  const places = Math.max(columns, 5);
  const isDoubtful = p.some((each) => each !== null && each < doubtfulBelow);
  return html`<div class="plate ${kind} ${isDoubtful ? 'unsure' : ''}" data-places=${Math.min(places, 12)}>
    <span class="plate-text">${text}</span>
    ${[...text].map((char, at) => glyph(char, differs.includes(at), p[at] ?? null))}
  </div>`;
}

function glyph(char: string, isDifferent: boolean, p: number | null): TemplateResult {
  const isDoubtful = p !== null && p < doubtfulBelow;
  const kind = isDifferent ? 'glyph differs' : isDoubtful ? 'glyph doubtful' : 'glyph';
  const path = strokes[char] ?? strokes['?'];
  return html`<span class=${kind} aria-hidden="true"
    ><svg viewBox="-4 0 68 100"><path d=${path}></path></svg>${
      isDoubtful && p !== null ? html`<small>${Math.round(p * 100)}%</small>` : nothing
    }</span
  >`;
}
