import { immigrationIn, type TextKind } from '../../hotlist/lint/immigration.ts';
import { Refusal } from './refusal.ts';

/** What the policy in force says of use for federal immigration enforcement (`policy.immigration`). */
export interface ImmigrationRule {
  /** The section that forbids it; null: none does, and no text is judged. */
  forbiddenBy: string | null;
}

/** A text that a person wrote, by the name of its field. */
export interface WrittenText {
  field: string;
  text: string | null | undefined;
  /** `agency` for the name of an agency or of its people. */
  kind?: TextKind;
}

/** What is said of each text: the sentence, and whether the policy forbids it or a person should look. */
function judge({ forbiddenBy }: ImmigrationRule, texts: readonly WrittenText[]) {
  if (forbiddenBy === null) return [];
  return texts.flatMap(({ field, text, kind }) => {
    const found = text == null ? null : immigrationIn(text, kind);
    return found === null ? [] : [{ field, ...found }];
  });
}

/**
 * Throws a Refusal (403) with the section if one of these texts is about federal immigration enforcement (REL-4).
 * Returns a sentence for each that may be, for the person who approves or audits; it never quotes the text.
 */
export function barImmigration(rule: ImmigrationRule, texts: readonly WrittenText[]): string[] {
  const found = judge(rule, texts);
  const denied = found.find(({ weight }) => weight === 'denied');
  if (denied !== undefined) {
    throw new Refusal(403, 'immigration-enforcement', deniedWords(rule, denied));
  }
  return found.map(({ field, about }) => unsureWords(rule, { field, about }));
}

/** The same for a form whose faults are listed together: what is forbidden, and what a person should look at. */
export function immigrationFaults(
  rule: ImmigrationRule,
  texts: readonly WrittenText[],
): { denied: string[]; unsure: { field: string; message: string }[] } {
  const found = judge(rule, texts);
  const of = (weight: 'denied' | 'unsure') => found.filter((each) => each.weight === weight);
  return {
    denied: of('denied').map((each) => deniedWords(rule, each)),
    unsure: of('unsure').map((each) => ({ field: each.field, message: unsureWords(rule, each) })),
  };
}

function deniedWords(rule: ImmigrationRule, { field, about }: { field: string; about: string }) {
  return (
    `The policy forbids any use for federal immigration enforcement (${rule.forbiddenBy}; Government Code 7284.2): ` +
    `${field} speaks of ${about}.`
  );
}

function unsureWords(rule: ImmigrationRule, { field, about }: { field: string; about: string }) {
  return (
    `${field} speaks of ${about}: make sure that it is not for federal immigration enforcement, ` +
    `which the policy forbids (${rule.forbiddenBy})`
  );
}
