/** Places nearer to each other than this, in pixels, are one dot with both numbers. */
const dotRadius = 11;
/** With more places than this, only the first and the last have a number. */
const mostNumbers = 25;

interface Point {
  x: number;
  y: number;
}

/** The dots of a path with the numbers of the places there, from 1: "3", "3, 7", "3–9". */
export function placeDots(points: readonly Point[]): (Point & { label: string })[] {
  const found: (Point & { numbers: number[] })[] = [];
  for (const [at, { x, y }] of points.entries()) {
    const near = found.find((dot) => Math.hypot(dot.x - x, dot.y - y) < dotRadius);
    if (near === undefined) found.push({ x, y, numbers: [at + 1] });
    else near.numbers.push(at + 1);
  }
  const isShown = (number: number) =>
    points.length <= mostNumbers || number === 1 || number === points.length;
  return found.map(({ x, y, numbers }) => {
    const shown = numbers.filter(isShown);
    const [first, last] = [shown[0], shown.at(-1)];
    const label = first === undefined ? '' : first === last ? `${first}` : `${first}–${last}`;
    return { x, y, label: shown.length === 2 ? shown.join(', ') : label };
  });
}
