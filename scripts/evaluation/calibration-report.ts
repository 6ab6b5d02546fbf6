import { type Bin, calibrationError, claimsOf, reliability } from './calibration.ts';
import type { Measured } from './measure.ts';
import { markdownTable } from './tables.ts';

/** One curve of a reliability plot. */
interface Curve {
  title: string;
  colour: string;
  bins: readonly Bin[];
}

/** What was claimed of one kind of thing, before and after the temperature. */
export interface CalibrationPanel {
  title: string;
  curves: readonly Curve[];
}

/** Characters and whole plates: what reads at temperature 1 claim, and what those of the graph do. */
export function calibrationPanels(
  before: readonly Measured[],
  after: readonly Measured[],
  temperature: number,
): CalibrationPanel[] {
  const claims = (of: readonly Measured[]) => claimsOf(of.flatMap(({ verdicts }) => verdicts));
  const [raw, shipped] = [claims(before), claims(after)];
  return (['characters', 'plates'] as const).map((what) => ({
    title: what,
    curves: [
      { title: 'before (temperature 1)', colour: '#c2410c', bins: reliability(raw[what]) },
      { title: `shipped (${temperature})`, colour: '#1d4ed8', bins: reliability(shipped[what]) },
    ],
  }));
}

/** The curves as a table, with the expected calibration error of each. */
export function calibrationTable(panels: readonly CalibrationPanel[]): string {
  const curves = panels.flatMap(({ title, curves }) =>
    curves.map((curve) => ({ ...curve, title: `${title}, ${curve.title}` })),
  );
  const tenths = curves[0]?.bins.map((_, i) => `${i / 10}–${(i + 1) / 10}`) ?? [];
  return markdownTable([
    ['share right, of n claims', 'error %', ...tenths],
    ...curves.map(({ title, bins }) => [
      ...[title, (100 * calibrationError(bins)).toFixed(2)],
      ...bins.map(({ n, right }) => (n === 0 ? '' : `${right.toFixed(2)} of ${n}`)),
    ]),
  ]);
}

const sidePx = 300;
const left = 46;
const top = 34;

/** A reliability plot for each panel, side by side, as SVG: stated probability across, share right upwards. */
export function reliabilityPlot(panels: readonly CalibrationPanel[]): string {
  const wide = sidePx + left + 24;
  const tall = sidePx + top + 46;
  const drawn = panels.map(
    ({ title, curves }, i) =>
      `<g transform="translate(${i * wide + left} ${top})">${frame(title)}${curves.map(curve).join('')}</g>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${panels.length * wide}" height="${tall}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
${drawn.join('\n')}
</svg>
`;
}

function frame(title: string): string {
  const marks = [0, 0.2, 0.4, 0.6, 0.8, 1].map((share) => {
    const at = share * sidePx;
    return (
      `<path d="M${at} 0V${sidePx}M0 ${sidePx - at}H${sidePx}" stroke="#ddd"/>` +
      `<text x="${at}" y="${sidePx + 16}" text-anchor="middle">${share}</text>` +
      `<text x="-6" y="${sidePx - at + 4}" text-anchor="end">${share}</text>`
    );
  });
  return (
    `${marks.join('')}<path d="M0 ${sidePx}L${sidePx} 0" stroke="#888" stroke-dasharray="4 4"/>` +
    `<text x="0" y="-14" font-weight="bold">${title}</text>` +
    `<text x="${sidePx / 2}" y="${sidePx + 36}" text-anchor="middle">stated probability</text>` +
    `<text transform="translate(-34 ${sidePx / 2}) rotate(-90)" text-anchor="middle">share right</text>`
  );
}

function curve({ title, colour, bins }: Curve, i: number): string {
  const most = Math.max(...bins.map(({ n }) => n));
  const points = bins
    .filter(({ n }) => n > 0)
    .map(({ n, stated, right }) => ({
      x: (stated * sidePx).toFixed(1),
      y: (sidePx - right * sidePx).toFixed(1),
      r: (2 + 5 * Math.sqrt(n / most)).toFixed(1),
    }));
  const line = points.map(({ x, y }, k) => `${k === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  const dots = points.map(({ x, y, r }) => `<circle cx="${x}" cy="${y}" r="${r}"/>`).join('');
  const error = (100 * calibrationError(bins)).toFixed(2);
  return (
    `<g fill="${colour}"><path d="${line}" fill="none" stroke="${colour}" stroke-width="1.5"/>${dots}` +
    `<text x="12" y="${18 + 16 * i}">${title}: error ${error} %</text></g>`
  );
}
