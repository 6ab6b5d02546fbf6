import type { Accountability } from '../../accountability/accountability.ts';
import type { AlertUpdate, Report } from '../../accountability/verification/alert-update.ts';
import type { Hit } from '../../records/detection.ts';
import type { UnitNotice } from './read-message.ts';

/** Puts what a person did on a unit into effect here, or says which hit must come before. */
export type TakeNotice = (notice: UnitNotice) => 'taken' | { waitsFor: string };

/** Gives what people did on units to the rooms of headquarters. Throws for a hit of another unit. */
export function createTakeNotice(deps: {
  hitOf: (id: string) => Hit | undefined;
  rooms: Pick<Accountability, 'verification' | 'takeReport' | 'unitOrders'>;
}): TakeNotice {
  const { hitOf, rooms } = deps;
  return ({ type, unit: from, body }) => {
    if (type === 'alert') {
      const update = body as AlertUpdate;
      const owner = hitOf(update.hitId)?.unit ?? from;
      if (owner !== from) throw new Error('the hit is of another unit');
      const taken = rooms.verification.takeUpdate(update, { place: 'unit', unit: from });
      return taken === 'unknown hit' ? { waitsFor: update.hitId } : 'taken';
    }
    // Hot plates, accounts, canvasses and offices come back signed, as they do to every unit.
    if (type === 'report') {
      rooms.takeReport(body as Report);
      rooms.unitOrders?.noteDone(from, body as Report);
    }
    return 'taken';
  };
}
