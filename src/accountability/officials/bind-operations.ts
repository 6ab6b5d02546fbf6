import { localDay } from '../../platform/local-time.ts';
import type { Operation } from '../gate/operation.ts';
import type { Officials } from './officials.ts';
import { listOfficials, nameOfficial, type OfficialsView } from './operations.ts';

/** Operations to see and to name who holds an office, on this unit. */
export function officialOperations({ officials }: { officials: Officials }): Operation[] {
  const view = (nowMs: number): OfficialsView => ({
    today: localDay(nowMs),
    overseer: officials.all('overseer'),
    custodian: officials.all('custodian'),
  });
  return [
    listOfficials.does((_, { nowMs }) => view(nowMs)),
    nameOfficial.does((succession, { actor, nowMs }) => {
      officials.name(succession, actor, nowMs);
      return view(nowMs);
    }),
  ];
}
