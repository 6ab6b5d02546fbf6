import { z } from 'zod';
import { type Cover, coverInput, coverSchema, coverWords } from './cover.ts';

const line = z.string().trim().min(1).max(200);
const text = z.string().trim().min(3).max(2000);
const person = z.strictObject({ name: z.string(), username: z.string(), at: z.iso.datetime() });

/** A request of another agency (V 426.9(a), B 466.7(a)). */
export const releaseAskSchema = z.strictObject({
  agency: line.describe('Name of the agency'),
  person: line.describe('Name of the person requesting'),
  purpose: text.describe('Intended purpose of obtaining the information'),
  data: text.describe('What data is requested'),
  reference: z
    .string()
    .trim()
    .max(200)
    .default('')
    .describe('Where the written request is filed: letter, mail, case system'),
  kind: z.enum(['law_enforcement', 'prosecution', 'other']).describe('What the agency is'),
});
export type ReleaseAsk = z.infer<typeof releaseAskSchema>;

/** The same as it is entered, with what it covers. */
export const releaseInputSchema = releaseAskSchema.extend({ covers: coverInput });
export type ReleaseInput = z.output<typeof releaseInputSchema>;

const decision = person.extend({
  role: z.string(),
  why: z.string(),
  /** Whether the approver answered that the California Values Act was considered (V 426.9(c), N 429.8(b)). */
  valuesActConsidered: z.boolean().default(false),
});

/** A request on file: requested → verified → approved or refused, and each package released under it. */
export const releaseRequestSchema = releaseAskSchema.extend({
  id: z.uuid(),
  number: z.string(),
  state: z.enum(['requested', 'verified', 'approved', 'refused']),
  requested: person,
  /** How the agency's identity and its need to know were verified (A 429.5). */
  verified: person.extend({ how: z.string() }).nullable(),
  decided: decision.nullable(),
  /** What was asked for; null in a request from before this was a field, which says it in `data` alone. */
  asked: coverSchema.nullable().default(null),
  /** What was approved: what was asked for, or less. */
  granted: coverSchema.nullable().default(null),
  /** What the approver should look at. */
  warnings: z.array(z.string()).default([]),
  /** An approval that no longer counts: it was withdrawn, or is from before an approval said what it covers. */
  earlier: decision.nullable().default(null),
  /** Packages released under it. */
  packages: z.array(z.strictObject({ id: z.uuid(), at: z.iso.datetime(), by: z.string() })),
});
export type ReleaseRequest = z.infer<typeof releaseRequestSchema>;

/** A request and whether anything may still be released under it. */
export type ReleaseView = ReleaseRequest & {
  /** Null unless it is approved: open, or why nothing more is released under it. */
  standing: 'open' | 'used up' | 'over' | null;
  /** What was granted, or else asked for, in words. */
  covers: string;
  /** The state as people see it. */
  shown: ShownState;
};

/** States as people see them. */
export const shownStates = [...releaseRequestSchema.shape.state.options, 'withdrawn'] as const;
export type ShownState = (typeof shownStates)[number];

/**
 * The state as people see it. An approval that was withdrawn is stored as a refusal with the approval before it, so that
 * the release before this one refuses it, too.
 */
export function shownState({
  state,
  earlier,
  granted,
}: Pick<ReleaseRequest, 'state' | 'earlier' | 'granted'>): ShownState {
  return state === 'refused' && earlier !== null && granted !== null ? 'withdrawn' : state;
}

/** Whether packages may still be made under an approved request. */
export function standingOf(request: ReleaseRequest, nowMs: number): ReleaseView['standing'] {
  const { state, granted, packages } = request;
  if (state !== 'approved' || granted === null) return null;
  if (nowMs > Date.parse(granted.until)) return 'over';
  return packages.length < granted.packages ? 'open' : 'used up';
}

/** What a request covers, in words: what was granted, else what was asked for. */
export function requestCoverWords({
  granted,
  asked,
}: {
  granted: Cover | null;
  asked: Cover | null;
}): string {
  const cover = granted ?? asked;
  return cover === null ? 'nothing that is named in fields' : coverWords(cover);
}
