/** What was seen in the last pictures of a camera. */
export interface Recent {
  /** Sharpness of the sharpest. */
  sharpest: number;
  /** How far infra-red and colour frames were apart, ms, newest last. */
  skewsMs: number[];
  /** Tilts of plates, degrees, newest last. */
  tiltsDeg: number[];
}
