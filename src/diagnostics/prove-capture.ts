import { join } from 'node:path';
import type { ClockWitnesses } from '../accountability/retention/clock-belief.ts';
import { sureTimeOnce } from '../accountability/retention/sure-time.ts';
import { whySuspended } from '../accountability/suspension/suspended-here.ts';
import type { Place } from '../accountability/suspension/zones-now.ts';
import type { Config } from '../config/schema.ts';

/** Why no picture is taken of a camera, and what to do. */
export interface NoPictures {
  says: string;
  advice: string;
}

/**
 * Whether cameras may be tried where the unit is (CAP-13); null if they may. A trial can wait: where the place is not
 * known, none is made beside zones with an area.
 */
export function noPictures(
  config: Config,
  here: { place: Place | null; witnesses: ClockWitnesses },
): NoPictures | null {
  const { zones } = config.suspension;
  if (zones.length === 0) return null;
  const path = join(config.unit.dataDir, 'lookout.db');
  const sureMs = sureTimeOnce(config, { path, witnesses: here.witnesses });
  const why = whySuspended({ path, zones, place: here.place, sureMs });
  if (why === null) return null;
  if (why === 'place-unknown') {
    return {
      says: 'no picture was taken: capture is suspended in zones, and where the unit is, is not known',
      advice: 'Wait for a fix, then try again.',
    };
  }
  const when = sureMs === null ? ', and the time of day is not sure' : '';
  return {
    says: `no picture was taken: capture is suspended here (${why.zone})${when}`,
    advice:
      'Leave the zone or wait for the end of its hours, or have the court order entered (lookout capture order); then try again.',
  };
}
