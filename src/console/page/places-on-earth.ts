/** A place, WGS 84, degrees. */
export interface Place {
  latitude: number;
  longitude: number;
}

const degree = Math.PI / 180;
const earthRadiusM = 6_371_008.8;

/** Metres between two places along a great circle. */
export function distanceM(from: Place, to: Place): number {
  const [south, north] = [from.latitude * degree, to.latitude * degree];
  const half = (deg: number) => Math.sin((deg * degree) / 2) ** 2;
  const share =
    half(to.latitude - from.latitude) +
    Math.cos(south) * Math.cos(north) * half(to.longitude - from.longitude);
  return 2 * earthRadiusM * Math.asin(Math.sqrt(share));
}

/** "240 m", "3.4 km" */
export function distanceWords(metres: number): string {
  if (metres < 1000) return `${Math.round(metres)}\u00a0m`;
  const km = metres / 1000;
  return `${km < 10 ? km.toFixed(1) : Math.round(km)}\u00a0km`;
}
