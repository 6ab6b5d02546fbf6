import { z } from 'zod';
import { categorySchema } from '../../hotlist/hit-match.ts';
import { type Person, personSchema } from '../gate/person.ts';
import type { ToldSynopsis } from './last-heading.ts';

/** The id of the hot plates among the lists; no configured list may have it. */
export const localListId = 'hot-plates';

/** Begins the part of a hot plate's reason, as alerts give it, that says its body and its marks. */
export const marksIntro = 'Vehicle: ';

/**
 * awaiting approval (draft: its text must first be corrected or checked) → active → expired or removed; or refused by
 * the approver.
 */
export const hotPlateStates = [
  'draft',
  'awaiting',
  'active',
  'expired',
  'removed',
  'refused',
] as const;
export type HotPlateState = (typeof hotPlateStates)[number];

/** How an entry ended (HOT-16: an end without an outcome is reported). */
export const removalOutcomes = [
  'recovered',
  'located',
  'arrest',
  'investigation_over',
  'entered_in_error',
  'no_result',
] as const;

const trait = z.string().trim().min(1).max(40).nullable();

/** The described vehicle; an entry without a plate is matched by it alone (HOT-13). */
export const vehicleSchema = z.strictObject({
  make: trait,
  model: trait,
  colour: trait,
  year: z.string().trim().max(9).nullable(),
  body: trait,
  identifiers: z
    .array(z.string().trim().min(1).max(60))
    .max(8)
    .describe('Marks that distinguish this vehicle: ladder on roof'),
});

/** The content of an entry. There is no field for names, addresses or CLETS text (HOT-9). */
export const contentSchema = z.strictObject({
  plate: z.string().nullable().describe('0-9A-Z; ? one character, * a run; null: by description'),
  issuer: z.string().nullable().describe('Issuing state'),
  category: categorySchema,
  reason: z.string().nullable(),
  synopsis: z.string().nullable().describe('Nature of the originating call'),
  caseNumber: z.string().nullable(),
  vehicle: vehicleSchema,
  expires: z.iso.datetime().nullable(),
});
export type HotPlateContent = z.infer<typeof contentSchema>;

/** A finding for a person to check; it never quotes the text. */
export const findingSchema = z.strictObject({
  field: z.string(),
  /** personal: the policy sets the consequence; advice: never blocks an entry. */
  weight: z.enum(['personal', 'advice']),
  kind: z.string(),
  message: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

/** A change or renewal that is waiting for approval; until then the entry stays as it is. */
const pendingSchema = z.strictObject({
  kind: z.enum(['change', 'renewal']),
  content: contentSchema,
  findings: z.array(findingSchema),
  reason: z.string(),
  by: personSchema,
  at: z.iso.datetime(),
});

/** An entry that a person created, on this unit or on another of the agency. */
export const hotPlateSchema = z.strictObject({
  id: z.uuid(),
  revision: z.int().min(1),
  state: z.enum(hotPlateStates),
  /** Null after its removal: the tombstone holds no plate. */
  content: contentSchema.nullable(),
  findings: z.array(findingSchema),
  /** Past reads that it would have matched when it was entered; null if they were not counted. */
  pastReads: z.int().nullable(),
  enteredBy: personSchema,
  enteredAt: z.iso.datetime(),
  approvedBy: personSchema.nullable(),
  approvedAt: z.iso.datetime().nullable(),
  /** Why someone other than the first choice approved, or the approver's note. */
  approvalNote: z.string().nullable(),
  /** When it was put on the list or last renewed; its age is counted from this time. */
  standingSince: z.iso.datetime().nullable(),
  /** When the member last confirmed that it is still good; not since it stands: null. */
  confirmedAt: z.iso.datetime().nullable().default(null),
  renewals: z.int().min(0),
  /** How often a removal was taken back, because the vehicle was not recovered after all; absent if never. */
  restorations: z.int().min(1).optional(),
  pending: pendingSchema.nullable(),
  ended: z
    .strictObject({
      at: z.iso.datetime(),
      /** Null: the unit itself, when it expired, or headquarters. */
      by: personSchema.nullable(),
      outcome: z.enum(removalOutcomes).nullable(),
      note: z.string().nullable(),
    })
    .nullable(),
});
export type HotPlate = z.infer<typeof hotPlateSchema>;

/** An entry as people see it. */
export interface ShownHotPlate extends HotPlate {
  /** Until when it alerts unless it is confirmed as still good; null: the policy asks for no confirmation. */
  refreshBy: string | null;
  /** It was not confirmed in time and does not alert. */
  lapsed: boolean;
  /** The parts of its synopsis; null where it has no content. */
  told: ToldSynopsis | null;
}

/** Body of the message to headquarters: an entry after each change of state, as a tombstone after its removal. */
export const hotPlateMessageBody = hotPlateSchema.omit({ findings: true, pending: true });

/** What units and headquarters know of one entry. */
export type SharedEntry = z.infer<typeof hotPlateMessageBody>;

/**
 * A change of an entry: when, by whom, and the content before and after. Never changed (HOT-12). `taken`: as another unit
 * of the agency made it, by headquarters' message.
 */
export interface LogEntry {
  seq: number;
  at: string;
  kind:
    | 'entered'
    | 'approved'
    | 'refused'
    | 'change-asked'
    | 'changed'
    | 'change-refused'
    | 'renewal-asked'
    | 'renewed'
    | 'expired'
    | 'restored'
    | 'taken'
    | 'confirmed'
    | 'removed';
  by: Person | null;
  before: HotPlateContent | null;
  after: HotPlateContent | null;
  note: string | null;
}
