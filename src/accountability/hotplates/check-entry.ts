import { z } from 'zod';
import { type Category, categorySchema } from '../../hotlist/hit-match.ts';
import { isWildcard, normaliseListedPlate } from '../../hotlist/plate-text.ts';
import { isStateCode, normaliseState } from '../../hotlist/state-code.ts';
import { dayMs, isoTime } from '../../platform/clock.ts';
import { localDay } from '../../platform/local-time.ts';
import { headingNames } from '../../position/heading.ts';
import { immigrationFaults } from '../gate/bar-immigration.ts';
import { throughTime } from '../gate/input-fields.ts';
import { Refusal } from '../gate/refusal.ts';
import { numberRule } from '../policy/number-rule.ts';
import type { Policy } from '../policy/policy.ts';
import { remarksOn } from './entry-remarks.ts';
import { type Finding, type HotPlateContent, vehicleSchema } from './hot-plate.ts';
import { synopsisOf } from './last-heading.ts';

const text = (longest: number) => z.string().trim().min(1).max(longest);

const describedVehicle = z.strictObject({
  make: vehicleSchema.shape.make.default(null),
  model: vehicleSchema.shape.model.default(null),
  colour: vehicleSchema.shape.colour.default(null),
  year: vehicleSchema.shape.year.default(null),
  body: vehicleSchema.shape.body.default(null),
  identifiers: vehicleSchema.shape.identifiers.default([]),
});

/** The fields of an entry as a person enters them. */
export const draftSchema = z.strictObject({
  plate: text(20).optional().describe('Plate; ? one character, * a run; left out: by description'),
  plateAgain: text(20).optional().describe('The plate typed a second time'),
  state: text(24).optional().describe('Issuing state'),
  category: categorySchema,
  reason: text(200).optional(),
  synopsis: text(500).optional().describe('Nature of the originating call'),
  caseNumber: text(64).optional(),
  lastHeading: z
    .enum(headingNames)
    .nullable()
    .optional()
    .describe('Direction of travel where the vehicle was last seen'),
  vehicle: describedVehicle.prefault({}),
  days: z.int().min(1).max(3660).optional().describe('Days until it expires'),
  expires: throughTime.optional().describe('A day: to its last moment'),
});
export type Draft = z.infer<typeof draftSchema>;

/** The fields of a change; those left out stay as they are. */
export const changesSchema = draftSchema.partial().extend({ vehicle: describedVehicle.optional() });
export type Changes = z.infer<typeof changesSchema>;

type Rules = Pick<Policy, 'hotplates' | 'hotlist' | 'inquiry' | 'immigration'>;

/** Traits that a description needs, so that it does not match many vehicles. */
const minTraits = 2;

/** A valid entry, and findings for a person to check. */
export interface CheckedEntry {
  content: HotPlateContent;
  findings: Finding[];
}

/**
 * Converts what a person typed to an entry and checks it against the policy. Throws one Refusal that lists every fault
 * and how to correct it, without the plate.
 */
export function checkEntry(
  draft: Draft,
  policy: Rules,
  nowMs: number,
  term: Term = { kind: 'new' },
): CheckedEntry {
  const faults: string[] = [];
  const plate = checkPlate(draft, policy, faults);
  const content: HotPlateContent = {
    plate,
    issuer: checkIssuer(draft, faults),
    category: checkCategory(draft, policy, faults),
    reason: draft.reason ?? null,
    synopsis: draft.synopsis ?? null,
    caseNumber: checkCaseNumber(draft, policy, faults),
    vehicle: draft.vehicle,
    expires: checkExpiry(draft, policy, { ...termOf(term, nowMs), nowMs }, faults),
  };
  checkRequired(content, policy, faults);
  if (draft.plate === undefined) checkDescription(content, policy, faults);
  const immigration = immigrationFaults(policy.immigration, textsOf(content));
  faults.push(...immigration.denied);
  const findings: Finding[] = [
    ...remarksOn(content),
    ...immigration.unsure.map((each) => ({
      ...each,
      weight: 'advice' as const,
      kind: 'immigration',
    })),
    ...reviewOf(content, policy, nowMs),
  ];
  const personal = findings.filter(({ weight }) => weight === 'personal');
  if (policy.hotplates.lint === 'reject' && personal.length > 0) {
    faults.push(
      ...personal.map(
        ({ message }) =>
          `${message}: leave it out (names, addresses and CLETS data do not belong here)`,
      ),
    );
  }
  if (faults.length > 0) {
    throw new Refusal(400, 'entry-refused', `The entry was rejected: ${faults.join('; ')}.`);
  }
  // The direction is no text of a person's, and makes up for none that the policy asks for.
  const synopsis = synopsisOf({
    synopsis: content.synopsis,
    lastHeading: draft.lastHeading ?? null,
  });
  return { content: { ...content, synopsis }, findings };
}

function checkPlate({ plate: typed, plateAgain }: Draft, { hotplates }: Rules, faults: string[]) {
  if (typed === undefined) return null;
  const listed = normaliseListedPlate(typed);
  if ('unusable' in listed) {
    faults.push(`the plate ${listed.unusable}`);
    return null;
  }
  const { plate } = listed;
  if (isWildcard(plate)) {
    const wildcards = plate.match(/[?*]/g)?.length ?? 0;
    if (!hotplates.partial)
      faults.push('the policy does not allow partial plates; give the whole plate');
    else if (wildcards > hotplates.maxWildcards) {
      faults.push(
        `the plate has ${wildcards} wildcards (? and *), and the policy allows ${hotplates.maxWildcards}; find out more characters`,
      );
    }
  }
  if (hotplates.doubleEntry) {
    const again = plateAgain === undefined ? null : normaliseListedPlate(plateAgain);
    if (again === null) faults.push('type the plate a second time (plateAgain)');
    else if ('unusable' in again || again.plate !== plate) {
      faults.push(
        `the two plates differ${'unusable' in again ? '' : whereDifferent(plate, again.plate)}`,
      );
    }
  }
  return plate;
}

function whereDifferent(a: string, b: string): string {
  const at = [...a].findIndex((char, index) => b[index] !== char);
  return a.length === b.length ? ` at character ${at + 1}` : ' in length';
}

function checkIssuer({ state }: Draft, faults: string[]): string | null {
  const issuer = normaliseState(state ?? '');
  if (issuer === null || isStateCode(issuer)) return issuer;
  faults.push('the issuing state is not a code such as CA');
  return null;
}

function checkCategory(draft: Draft, { hotlist }: Rules, faults: string[]): Category {
  if (hotlist.deniedCategories.includes(draft.category)) {
    faults.push(`the policy does not allow entries of the category ${draft.category}`);
  }
  return draft.category;
}

function checkCaseNumber(
  { caseNumber }: Draft,
  { inquiry }: Rules,
  faults: string[],
): string | null {
  if (caseNumber !== undefined) {
    const rule = numberRule(inquiry);
    if (rule.test(caseNumber)) return caseNumber;
    faults.push(`the case number does not match the agency's format: ${rule.words}`);
    return null;
  }
  return null;
}

/**
 * Of a renewal: the end of the term that runs, to which it adds ("additional 30-day timeframes", N 429.5(f)5), so that who
 * asks early loses no day; one that is over counts from now. Of a change: the end that may be kept.
 */
type Term = { kind: 'new' } | { kind: 'change' | 'renewal'; expires: string | null };

function termOf(term: Term, nowMs: number): { fromMs: number; keptMs: number } {
  const endMs = term.kind === 'new' || term.expires === null ? 0 : Date.parse(term.expires);
  return term.kind === 'renewal'
    ? { fromMs: Math.max(nowMs, endMs), keptMs: 0 }
    : { fromMs: nowMs, keptMs: endMs };
}

function checkExpiry(
  { days, expires }: Draft,
  { hotplates: { maxDays } }: Rules,
  { fromMs, keptMs, nowMs }: { fromMs: number; keptMs: number; nowMs: number },
  faults: string[],
): string | null {
  if (days !== undefined && expires !== undefined) {
    faults.push('give days or expires, not both');
    return null;
  }
  const untilMs =
    expires !== undefined ? Date.parse(expires) : days === undefined ? null : fromMs + days * dayMs;
  if (untilMs === null) return null;
  if (untilMs <= nowMs) faults.push('the expiry is in the past');
  if (maxDays === null) return isoTime(untilMs);
  if (fromMs > nowMs + maxDays * dayMs) {
    faults.push(
      `the entry was renewed already and ends on ${localDay(fromMs)}; ask for another term in the last ${maxDays} days before, if the need still exists`,
    );
  } else if (untilMs > Math.max(fromMs + maxDays * dayMs, keptMs)) {
    const from =
      fromMs > nowMs ? `after the end of the term that runs (${localDay(fromMs)})` : 'away';
    faults.push(
      `the expiry is more than ${maxDays} days ${from}, the longest that the policy allows; the entry can be renewed later`,
    );
  }
  return isoTime(untilMs);
}

function textsOf({ reason, synopsis, caseNumber, vehicle }: HotPlateContent) {
  return [
    { field: 'the reason', text: reason },
    { field: 'the synopsis', text: synopsis },
    { field: 'the case number', text: caseNumber },
    { field: 'the vehicle', text: vehicle.identifiers.join('; ') },
  ];
}

/** The day by which someone looks at an entry without an end again; `reminders.ts` names it from then on (HOT-10). */
function reviewOf({ expires }: HotPlateContent, { hotplates }: Rules, nowMs: number): Finding[] {
  if (expires !== null) return [];
  const day = localDay(nowMs + hotplates.remindAfterDays * dayMs);
  const message = `the entry has no end: look by ${day} whether it is still needed, and renew or remove it`;
  return [{ field: 'expires', weight: 'advice', kind: 'review', message }];
}

const fieldNames: Record<
  Exclude<Policy['hotplates']['requiredFields'][number], 'expires'>,
  string
> = {
  state: 'issuing state',
  category: 'category',
  reason: 'reason',
  synopsis: 'synopsis',
  caseNumber: 'case number',
  enteredBy: 'who entered it',
  approvedBy: 'who approves it',
};

function checkRequired(content: HotPlateContent, { hotplates }: Rules, faults: string[]): void {
  const present = {
    // Whoever saw a part of a plate alone may not know its state (V 426.4(c), N 429.5(c)).
    state: content.issuer !== null || content.plate === null || isWildcard(content.plate),
    category: true,
    reason: content.reason !== null,
    synopsis: content.synopsis !== null,
    caseNumber: content.caseNumber !== null,
    expires: content.expires !== null,
    // The unit records these itself.
    enteredBy: true,
    approvedBy: true,
  };
  const missing = hotplates.requiredFields.filter((field) => !present[field]);
  // If the policy sets a maximum term, an expiry is required.
  if (hotplates.maxDays !== null && content.expires === null && !missing.includes('expires')) {
    missing.push('expires');
  }
  if (missing.length > 0) {
    const most = hotplates.maxDays === null ? '' : `, ${hotplates.maxDays} at most`;
    const named = missing.map((field) =>
      field === 'expires' ? `expiry (in days${most})` : fieldNames[field],
    );
    faults.push(`${named.join(', ')} must be given`);
  }
}

function checkDescription(
  { vehicle }: HotPlateContent,
  { hotplates }: Rules,
  faults: string[],
): void {
  if (!hotplates.descriptionOnly) {
    faults.push('the policy does not allow entries without a plate');
    return;
  }
  const { make, model, colour, body, identifiers } = vehicle;
  const traits = [make, model, colour, body].filter((each) => each !== null).length;
  if (traits + identifiers.length < minTraits) {
    faults.push(
      `a description needs at least ${minTraits} of make, model, colour, body and identifiers`,
    );
  }
}
