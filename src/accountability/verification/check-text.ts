import { lintText, personalWords } from '../../hotlist/lint/lint-text.ts';
import { isoTime } from '../../platform/clock.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import { type FreeText, freeTextOf, nameOf, type Step } from './step.ts';

/** Of the text that says where a vehicle was seen: its address is no person's. */
export const placeName = 'place of a sighting';

/** Free texts of a step, by the name that people know them by. */
type Texts = Record<string, string | null | undefined>;

/** Names, addresses, record numbers and CLETS text in these texts; none of them may be stored (HOT-9, VER-4). */
function personalIn(texts: Texts): string[] {
  return Object.entries(texts).flatMap(([name, text]) =>
    text
      ? lintText(text)
          .filter(({ kind }) => name !== placeName || kind !== 'address')
          .map(({ kind }) => `the ${name} ${personalWords[kind]}`)
      : [],
  );
}

/**
 * Refuses the texts of a step before they are stored, as those of an entry are (HOT-9): always if the policy rejects such
 * text, and if it wants a person to look first, until this one says that they have read it and that it must stand.
 */
export function refusePersonal(
  texts: Texts,
  lint: Policy['hotplates']['lint'],
  isLookedThrough: boolean,
): void {
  const isAsked = lint === 'reject' || (lint === 'quarantine' && !isLookedThrough);
  const found = isAsked ? personalIn(texts) : [];
  if (found.length === 0) return;
  const leaveOut = `Not recorded: ${found.join('; ')}. Leave it out (names, addresses and CLETS data go in the report, not here)`;
  if (lint === 'reject') throw new Refusal(400, 'personal-text', `${leaveOut}.`);
  throw new Refusal(
    409,
    'text-not-looked-through',
    `${leaveOut}; if it is none of these, confirm that you have read it (--text-looked-through).`,
  );
}

/** A free text that people wrote about a hit; all of one sort are struck together. */
export interface WrittenText {
  what: FreeText;
  /** What people call it. */
  title: string;
  text: string;
  at: string;
  by: string;
  /** Of who wrote it; null for dispatch. */
  username: string | null;
  /** Kinds of personal or CLETS text that were found in it, for a person to check. */
  doubts: string[];
}

/** What people call each sort of text. */
const titles: Record<FreeText, string> = {
  exigent: 'exigent reason',
  basis: 'basis',
  note: 'note of the action',
  notes: 'text of the notes',
  reopening: 'reason of the reopening',
  takeover: 'reason of the take-over',
  place: placeName,
};

/** The texts of a hit's steps that were not struck, also those that a later step replaced: they are on the disk as well. */
export function writtenTexts(steps: readonly Step[]): WrittenText[] {
  return steps.flatMap((step) => {
    const found = freeTextOf(step);
    if (found === null) return [];
    const { what, text } = found;
    const { by, atMs } = step;
    return {
      what,
      title: titles[what],
      text,
      at: isoTime(atMs),
      by: nameOf(by),
      username: 'username' in by ? by.username : null,
      // A place is named by its address.
      doubts: lintText(text)
        .filter(({ kind }) => what !== 'place' || kind !== 'address')
        .map(({ kind }) => personalWords[kind]),
    };
  });
}

/** What a person should check again in the stored texts of a hit, in words; the texts themselves are never quoted. */
export function remarksOn(texts: readonly WrittenText[]): string[] {
  return [
    ...new Set(
      texts.flatMap(({ title, doubts }) => doubts.map((doubt) => `the ${title} ${doubt}`)),
    ),
  ];
}
