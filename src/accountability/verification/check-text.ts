import { lintText, personalWords } from '../../hotlist/lint/lint-text.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import type { HitState } from './judge.ts';

/** Free texts of a step, by what a person calls them. */
type Texts = Record<string, string | null | undefined>;

/** What in these texts does not belong in them: names, addresses, record numbers, CLETS text (HOT-9, VER-4). */
function personalIn(texts: Texts): string[] {
  return Object.entries(texts).flatMap(([name, text]) =>
    text ? lintText(text).map(({ kind }) => `the ${name} ${personalWords[kind]}`) : [],
  );
}

/** Turns the texts of a step down where the policy turns down such text in an entry. */
export function refusePersonal(texts: Texts, lint: Policy['hotplates']['lint']): void {
  const found = lint === 'reject' ? personalIn(texts) : [];
  if (found.length === 0) return;
  throw new Refusal(
    400,
    'personal-text',
    `Not recorded: ${found.join('; ')}. Leave it out (names, addresses and CLETS data go in the report, not here).`,
  );
}

/** What a person should look at again in the texts that stand with a hit, in words. */
export function remarksOn({ exigent, occupant, enforcement, disposition }: HitState): string[] {
  return personalIn({
    'exigent reason': exigent?.text,
    basis: occupant?.step?.basis,
    'note of the action': enforcement.map(({ note }) => note ?? '').join('; '),
    'text of the notes': disposition?.notes,
  });
}
