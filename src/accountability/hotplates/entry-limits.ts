import { isWildcard } from '../../hotlist/plate-text.ts';
import { Refusal } from '../gate/refusal.ts';
import type { HotPlate, HotPlateContent } from './hot-plate.ts';
import { asOfNow } from './transitions.ts';

/** Most entries without a full plate; more would slow every match and alert on every street. */
const maxPartial = 100;
/** An entry that would have alerted more often than this in the last days is refused as too broad. */
const maxPastReads = 300;
/** Number of days back over which past reads are counted. */
export const pastDays = 30;

/** Throws a Refusal (409) if another open entry has the same plate and state of issue. */
export function refuseDouble(
  content: HotPlateContent,
  exceptId: string | null,
  open: readonly HotPlate[],
  nowMs: number,
): void {
  const same = findDouble(content, exceptId, open, nowMs);
  if (same !== undefined) {
    throw new Refusal(
      409,
      'already-listed',
      `This plate is already on the list, as hot plate ${same.id} (${same.state}); change or renew that one.`,
    );
  }
}

/** Another open entry with the same plate and state of issue. */
export function findDouble(
  content: HotPlateContent,
  exceptId: string | null,
  open: readonly HotPlate[],
  nowMs: number,
): HotPlate | undefined {
  if (content.plate === null) return undefined;
  return open.find(
    (other) =>
      other.id !== exceptId &&
      other.content?.plate === content.plate &&
      other.content.issuer === content.issuer &&
      asOfNow(other, nowMs).state !== 'expired',
  );
}

/** Whether an entry can match many vehicles (HOT-13): a plate with wildcards, or a description. */
export function isBroad({ plate }: HotPlateContent): boolean {
  return plate === null || isWildcard(plate);
}

/** Throws a Refusal (409) if the open entries already include the maximum of broad ones. */
export function refuseTooMany(exceptId: string | null, open: readonly HotPlate[]): void {
  const count = open.filter(
    ({ id, content }) => id !== exceptId && content !== null && isBroad(content),
  ).length;
  if (count < maxPartial) return;
  throw new Refusal(
    409,
    'too-many-partial',
    `The unit holds ${count} partial plates and descriptions, and the limit is ${maxPartial}. Remove old ones first.`,
  );
}

/** Throws a Refusal (400) if an entry would have matched too many reads of the last days. */
export function refuseTooBroad({ detections, more }: { detections: number; more: boolean }): void {
  if (!more && detections <= maxPastReads) return;
  throw new Refusal(
    400,
    'too-broad',
    `The entry would have matched ${detections} reads of the last ${pastDays} days, more than ${maxPastReads}. Find out more about the plate or the vehicle.`,
  );
}
