/** An 8-bit grey picture, row by row without padding: `grey.length` is `width × height`. */
export interface GreyPicture {
  grey: Uint8Array;
  width: number;
  height: number;
}

/** x right, y down, in pixels; (0, 0) is the outer corner of the first pixel. */
export type Point = [number, number];

/** Clockwise from the top left. */
export type Corners = [Point, Point, Point, Point];

/** The upright rectangle around some corners: left, top, width, height. */
export function boxAround(corners: readonly Point[]): [number, number, number, number] {
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  return [left, top, Math.max(...xs) - left, Math.max(...ys) - top];
}

/** Mean width and mean height of a quadrangle, in pixels along its edges. */
export function sizeOf([a, b, c, d]: Corners): { width: number; height: number } {
  const length = (p: Point, q: Point) => Math.hypot(p[0] - q[0], p[1] - q[1]);
  return { width: (length(a, b) + length(d, c)) / 2, height: (length(a, d) + length(b, c)) / 2 };
}
