import { z } from 'zod';
import { hotCategories } from '../config/hot-categories.ts';

/** Why an entry is on a list; a list's own codes are mapped to these by its layout (FMT-2). */
export const categorySchema = z.enum(hotCategories);
export type Category = z.infer<typeof categorySchema>;

/** An entry of a hot list as the operator sees it. No names, addresses or CLETS text (HOT-9). */
export const hotEntrySchema = z.strictObject({
  id: z
    .string()
    .describe("The list's own entry id, or one made from the entry's content; not for logs"),
  plate: z.string().describe('As listed, 0-9A-Z; ? one character, * a run'),
  state: z.string().nullable(),
  plateType: z.string().nullable(),
  category: categorySchema,
  reason: z.string(),
  make: z.string().nullable(),
  model: z.string().nullable(),
  colour: z.string().nullable(),
  year: z.string().nullable(),
  caseNumber: z.string().nullable(),
  enteredBy: z.string().nullable(),
  approvedBy: z.string().nullable(),
  entryDate: z.iso.datetime().nullable(),
  expires: z.iso.datetime().nullable(),
});
export type HotEntry = z.infer<typeof hotEntrySchema>;

/** exact; near: only possible, shown as ≈; partial: an entry with ? or * (PRA-2). */
export const tierSchema = z.enum(['exact', 'near', 'partial']);

/** A read that matches an entry. */
export const hitMatchSchema = z.strictObject({
  tier: tierSchema,
  entry: hotEntrySchema,
  list: z.strictObject({
    id: z.string(),
    name: z.string(),
    type: z.enum(['general', 'specific']),
    priority: z.int(),
    /** When the source made the list (ALT-7, HOT-4). */
    asOf: z.iso.datetime(),
    ageS: z.number().min(0),
    /** Older than `warnAgeH`. */
    old: z.boolean(),
  }),
  /**
   * The differences of a near match: position from 0, character read, character listed, the reader's p for the latter.
   */
  differences: z.array(
    z.strictObject({
      position: z.int().min(0),
      read: z.string().length(1),
      listed: z.string().length(1),
      p: z.number().min(0).max(1),
    }),
  ),
  /** A near match with or without small stacked characters: which, and whether the list or the read has them. */
  stacked: z.strictObject({ text: z.string(), in: z.enum(['listed', 'read']) }).optional(),
  /** PRA-3: agrees; differs with certainty; unconfirmed if either is unknown or uncertain. */
  stateAgreement: z.enum(['agrees', 'differs', 'unconfirmed']),
});
export type HitMatch = z.infer<typeof hitMatchSchema>;

/**
 * A query of a matcher: the consensus of a track. Where no text counts as read `plate` is empty and every text that is
 * possible is an alternative.
 */
export interface MatchQuery {
  plate: string;
  characters: readonly { char: string; p: number }[];
  alternatives: readonly { plate: string; p: number }[];
  state: { code: string; p: number } | null;
  /** Traits of the vehicle reported by a model; entries without a plate match by them alone (HOT-13). */
  vehicle?: {
    make: Trait | null;
    model: Trait | null;
    colour: Trait | null;
    body: Trait | null;
    identifiers: readonly string[];
  };
}

/** A trait with the model's probability. */
export interface Trait {
  value: string;
  p: number;
}

/** State of one list, for status, doctor and the alert page. */
export interface ListStatus {
  id: string;
  name: string;
  /** The list's source, the kind of its hits, and its rank (HOT-1). */
  source: 'department' | 'state' | 'federal';
  type: 'general' | 'specific';
  priority: number;
  enabled: boolean;
  /** The person who switched it on or off on this unit, overriding the configuration (HOT-15). */
  chosen: { by: string; at: string } | null;
  /** SHA-256 of the file from which it was imported. */
  version: string | null;
  importedBy: string | null;
  entries: number;
  asOf: string | null;
  importedAt: string | null;
  ageS: number | null;
  /** `off`: switched off here, or taken back by headquarters. */
  state: 'current' | 'old' | 'expired' | 'empty' | 'off';
  /** Why it has no entries: a person deleted them here, or headquarters took the list back; null if neither. */
  removed: { by: string | null; at: string; from: 'here' | 'headquarters' } | null;
  problem: string | null;
}
