import type { Changes, Draft } from './check-entry.ts';
import type { HotPlate, HotPlateContent } from './hot-plate.ts';
import { toldSynopsis } from './last-heading.ts';

/** An entry with some fields changed, in the form in which a person types it. */
export function changedDraft({ content }: HotPlate, changes: Changes): Draft {
  if (content === null) throw new Error('an entry without content cannot be changed');
  const { days, category, vehicle, ...fields } = changes;
  const kept = days === undefined && fields.expires === undefined ? content.expires : undefined;
  const before = draftOf(content, { days, expires: kept ?? undefined });
  // The plate must be typed twice only if it changes.
  if (fields.plate !== undefined) delete before.plateAgain;
  const set = Object.entries(fields).filter(([, value]) => value !== undefined);
  return {
    ...before,
    ...Object.fromEntries(set),
    category: category ?? before.category,
    vehicle: vehicle ?? before.vehicle,
  };
}

/** This content with a new term, in the form in which a person types it. */
export function draftOf(
  { plate, issuer, category, reason, caseNumber, vehicle, ...content }: HotPlateContent,
  { days, expires }: { days?: number | undefined; expires?: string | undefined },
): Draft {
  const { synopsis, lastHeading } = toldSynopsis(content.synopsis);
  return {
    ...(plate !== null && { plate, plateAgain: plate }),
    ...(issuer !== null && { state: issuer }),
    category,
    ...(reason !== null && { reason }),
    ...(synopsis !== null && { synopsis }),
    ...(caseNumber !== null && { caseNumber }),
    lastHeading,
    vehicle,
    ...(days !== undefined && { days }),
    ...(expires !== undefined && { expires }),
  };
}
