/** A place in WGS 84 degrees. */
export interface Place {
  latitude: number;
  longitude: number;
}

/** The Earth's mean radius (IUGG). */
export const earthRadiusM = 6_371_008.8;
const degree = Math.PI / 180;

/** Metres along the great circle (haversine); off by up to 0.6 %, because the Earth is not a sphere. */
export function distanceM(a: Place, b: Place): number {
  const half = (angle: number) => Math.sin((angle * degree) / 2) ** 2;
  const h =
    half(b.latitude - a.latitude) +
    Math.cos(a.latitude * degree) * Math.cos(b.latitude * degree) * half(b.longitude - a.longitude);
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(h)));
}
