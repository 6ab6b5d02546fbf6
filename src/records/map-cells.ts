/** A box on the map, WGS 84 degrees; one whose west is greater than its east crosses the 180th meridian. */
export interface Bounds {
  south: number;
  west: number;
  north: number;
  east: number;
}

/**
 * Numbers of the map's squares, 1/500 of a degree a side, as in column `detection.cell`; null if the bounds hold more
 * than `most`.
 */
export function cellsOf({ south, west, north, east }: Bounds, most: number): number[] | null {
  const row = (lat: number) => Math.trunc((Math.max(-90, Math.min(90, lat)) + 90) * 500);
  const column = (lon: number) => Math.trunc((lon + 180) * 500);
  const spans =
    west <= east
      ? [[west, east]]
      : [
          [west, 180],
          [-180, east],
        ];
  const rows = row(north) - row(south) + 1;
  const columns = spans.reduce((sum, [from = 0, to = 0]) => sum + column(to) - column(from) + 1, 0);
  if (rows * columns > most) return null;
  const cells: number[] = [];
  for (let at = row(south); at <= row(north); at += 1) {
    for (const [from = 0, to = 0] of spans) {
      for (let of = column(from); of <= column(to); of += 1) cells.push(at * 200_000 + of);
    }
  }
  return cells;
}
