import { alphabets } from '../alerts/spelling-alphabets.ts';
import type { Config } from '../config/schema.ts';
import { timeZoneName } from '../platform/time-zone.ts';

/** The unit that a page is of, for everyone who is logged in. */
export interface UnitView {
  agency: string;
  unit: string;
  mode: Config['unit']['mode'];
  /** Of all times on the page. */
  zone: string;
  /** The word of each letter on police radio, for whoever reads a plate to dispatch. */
  spelling: Readonly<Record<string, string>>;
}

const spelling: UnitView['spelling'] = Object.fromEntries(alphabets.apco ?? []);

export function viewUnit({ agency, id, mode }: Config['unit']): UnitView {
  return { agency, unit: id, mode, zone: timeZoneName(), spelling };
}
