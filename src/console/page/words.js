const hour = 3600;
const daySeconds = 24 * hour;

/** "14 h", "3 d", "40 s", never broken over two lines; one unit is enough. */
export function span(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))}\u00a0s`;
  if (seconds < 2 * hour) return `${Math.round(seconds / 60)}\u00a0min`;
  if (seconds < 3 * daySeconds) return `${Math.round(seconds / hour)}\u00a0h`;
  return `${Math.round(seconds / daySeconds)}\u00a0d`;
}

/** The unit's zone; nothing is shown before the unit has said it. */
let zone;

/** @param {string} name of the unit's zone, such as America/Los_Angeles */
export function useZone(name) {
  zone = name;
}

/** Time of day in the unit's zone, with its offset: "14:03:05 -08:00" */
export function timeOfDay(ms) {
  const parts = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
    timeZoneName: 'longOffset',
  }).formatToParts(ms);
  const { hour, minute, second, timeZoneName } = Object.fromEntries(
    parts.map(({ type, value }) => [type, value]),
  );
  return `${hour}:${minute}:${second} ${timeZoneName.replace('GMT', '') || '+00:00'}`;
}

/** @param {{latitude: number | null, longitude: number | null}} fix */
export function coordinates({ latitude, longitude }) {
  if (latitude === null || longitude === null) return 'Position unknown';
  const north = `${Math.abs(latitude).toFixed(5)}°\u00a0${latitude < 0 ? 'S' : 'N'}`;
  return `${north}, ${Math.abs(longitude).toFixed(5)}°\u00a0${longitude < 0 ? 'W' : 'E'}`;
}

const qualityNames = {
  none: 'no GPS fix',
  'fix-2d': 'GPS 2D',
  'fix-3d': 'GPS 3D',
  differential: 'differential GPS',
  rtk: 'GPS RTK',
  estimated: 'estimated',
  manual: 'entered by hand',
  simulated: 'SIMULATED',
  surveyed: 'surveyed',
};

/** "GPS 3D, 1 s old" */
export function fixWords({ quality, ageMs, simulated }) {
  const name = qualityNames[simulated ? 'simulated' : quality] ?? quality;
  if (quality === 'surveyed' || typeof ageMs !== 'number') return name;
  const age = span(ageMs / 1000);
  return quality === 'none' ? `${name}, last ${age}\u00a0ago` : `${name}, ${age}\u00a0old`;
}

const points = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'];

/** "NE 47°" */
export function compass(deg) {
  return `${points[Math.round(deg / 45) % 8]}\u00a0${Math.round(deg)}°`;
}

export const classNames = {
  urgent: 'Urgent',
  standard: 'Alert',
  near: 'Compare closely',
  informational: 'Informational',
};

/** States of the verification. */
export const standingNames = {
  raised: 'Not verified',
  confirmation_in_progress: 'Confirmation in progress',
  visually_verified: 'Verified by eye, status not confirmed',
  status_confirmed: 'Status confirmed, not verified by eye',
  validated: 'Verified',
  exigent: 'Exigent',
  mismatch: 'Not the listed vehicle',
  not_wanted: 'Not wanted',
  disposed: 'Closed',
};

export const missingNames = {
  not_fitted: 'no colour camera is fitted',
  skew: 'the colour frame was taken too late or too early',
  no_frame: 'the colour camera gave no frame',
  source_down: 'the colour camera is down',
};

export const motionNames = {
  approaching: 'approaching',
  receding: 'moving away',
  stationary: 'standing',
  unknown: 'motion unknown',
};
