import { lintText, personalWords } from '../../hotlist/lint/lint-text.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { HitState } from './judge.ts';

/** Free texts of a step, by the name that people know them by. */
type Texts = Record<string, string | null | undefined>;

/** Names, addresses, record numbers and CLETS text in these texts; none of them may be stored (HOT-9, VER-4). */
function personalIn(texts: Texts): string[] {
  return Object.entries(texts).flatMap(([name, text]) =>
    text ? lintText(text).map(({ kind }) => `the ${name} ${personalWords[kind]}`) : [],
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

/** What a person should check again in the stored texts of a hit, in words. */
export function remarksOn({ exigent, occupant, enforcement, disposition }: HitState): string[] {
  return personalIn({
    'exigent reason': exigent?.text,
    basis: occupant?.step?.basis,
    'note of the action': enforcement.map(({ note }) => note ?? '').join('; '),
    'text of the notes': disposition?.notes,
  });
}
