import type { Person } from '../gate/person.ts';
import type { answers, channels, Outcome } from './alert-update.ts';

export type Answer = (typeof answers)[number];
export type Channel = (typeof channels)[number];

/** Aspects that an officer compares by eye, each separately (VER-1, VER-2). */
export const aspects = ['characters', 'state', 'vehicle'] as const;
export type Aspect = (typeof aspects)[number];

/** Results of asking whether the vehicle is still wanted. */
export const statusResults = ['confirmed', 'not_wanted', 'no_response'] as const;
export type StatusResult = (typeof statusResults)[number];

/** Actions that an officer may take on an alert. */
export const enforcementActions = ['stop', 'detention', 'arrest', 'citation', 'tow'] as const;

/** The author of a step: a person with an account here, or dispatch as headquarters names it. */
export type Author = Person | { dispatch: string };

/** A plate as read and as it should have been read (VER-11). */
export interface Correction {
  original: { plate: string; state: string | null };
  corrected: { plate: string; state: string | null };
}

/** How an alert was closed (VER-8, VER-9, VER-11). */
export interface Disposition {
  outcome: Outcome;
  cadNumber: string | null;
  reportNumber: string | null;
  notes: string | null;
  correction: Correction | null;
  /** The hit that the officer closed, if this one was closed with it. */
  with: string | null;
}

/** The content of a step. */
export type StepBody =
  /**
   * `about` is a hash of the read and the entry; after a correction of either, a new look and a new answer are needed.
   */
  | {
      kind: 'visual';
      aspect: Aspect;
      answer: Answer;
      about: string;
      /** The plate or the state as the picture or the vehicle shows it, if the person said it. */
      shows?: string;
    }
  | { kind: 'confirmation-started' }
  | {
      kind: 'status';
      channel: Channel;
      source: string;
      result: StatusResult;
      about: string;
    }
  | { kind: 'occupant'; answer: Answer; basis: string | null }
  | { kind: 'exigent'; text: string }
  | {
      kind: 'enforcement';
      action: (typeof enforcementActions)[number];
      note: string | null;
      warnings: string[];
    }
  | ({ kind: 'disposition' } & Disposition)
  /** The last disposition no longer counts: the hit is open again. `with`: the hit whose correction opened it. */
  | { kind: 'reopened'; why: string; with: string | null };

/** The free texts of steps, by what people call them: the kind of step and its field. */
export const freeTexts = {
  exigent: { kind: 'exigent', field: 'text' },
  basis: { kind: 'occupant', field: 'basis' },
  note: { kind: 'enforcement', field: 'note' },
  notes: { kind: 'disposition', field: 'notes' },
  reopening: { kind: 'reopened', field: 'why' },
} as const satisfies Record<string, { kind: StepBody['kind']; field: string }>;
export type FreeText = keyof typeof freeTexts;

/** What stands in place of a text that was struck. */
export const struckText = '(struck)';

/** One step of the verification of a hit; steps are never removed, and nothing of them changes but a struck text. */
export type Step = StepBody & {
  id: string;
  atMs: number;
  recordedAtMs: number;
  by: Author;
  /** Who struck its text, and when. */
  struck?: { by: Person; atMs: number };
};
