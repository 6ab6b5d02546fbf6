import { isWildcard } from '../../hotlist/plate-text.ts';
import { Refusal } from '../gate/refusal.ts';
import type { HotPlate, HotPlateContent } from './hot-plate.ts';
import { asOfNow } from './transitions.ts';

/** Entries without a whole plate: more of them would make every read dear and every street alert. */
const maxPartial = 100;
/** An entry that would have alerted more often than this in the days before is no help to anyone. */
const maxPastReads = 300;
/** Days back that past reads are counted. */
export const pastDays = 30;

/** Throws a Refusal (409) where another of the open entries has the same plate and state of issue. */
export function refuseDouble(
  content: HotPlateContent,
  exceptId: string | null,
  open: readonly HotPlate[],
  nowMs: number,
): void {
  if (content.plate === null) return;
  const same = open.find(
    (other) =>
      other.id !== exceptId &&
      other.content?.plate === content.plate &&
      other.content.issuer === content.issuer &&
      asOfNow(other, nowMs).state !== 'expired',
  );
  if (same !== undefined) {
    throw new Refusal(
      409,
      'already-listed',
      `This plate is already on the list, as hot plate ${same.id} (${same.state}); change or renew that one.`,
    );
  }
}

/** Whether an entry stands for many vehicles (HOT-13): a plate with wildcards, or a description. */
export function isBroad({ plate }: HotPlateContent): boolean {
  return plate === null || isWildcard(plate);
}

/** Throws a Refusal (409) where the open entries hold as many broad ones as a unit may have. */
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

/** Throws a Refusal (400) where an entry would have matched too many reads of the last days. */
export function refuseTooBroad({ detections, more }: { detections: number; more: boolean }): void {
  if (!more && detections <= maxPastReads) return;
  throw new Refusal(
    400,
    'too-broad',
    `The entry would have matched ${detections} reads of the last ${pastDays} days, more than ${maxPastReads}. Find out more about the plate or the vehicle.`,
  );
}
