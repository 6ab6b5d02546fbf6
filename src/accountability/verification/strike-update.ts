import type { AlertUpdate } from './alert-update.ts';
import { type Step, struckText } from './step.ts';

/** A message without the texts of steps that were struck; null if it has none of them. */
export function withoutTexts(update: AlertUpdate, struck: readonly Step[]): AlertUpdate | null {
  const told = update.steps?.map((step) => struck.find(({ id }) => id === step.id) ?? step);
  if (told === undefined || told.every((step) => update.steps?.includes(step))) return null;
  const { event, note, disposition } = update;
  const isNoteText =
    event === 'alert.exigent' || event === 'alert.reopened' || event === 'alert.sighting';
  return {
    ...update,
    steps: told,
    note: isNoteText ? struckText : note,
    disposition: disposition && {
      ...disposition,
      notes: disposition.notes === null ? null : struckText,
    },
  };
}
