import type { Person } from '../gate/person.ts';
import type { answers, channels, Outcome } from './alert-update.ts';

export type Answer = (typeof answers)[number];
export type Channel = (typeof channels)[number];

/** What an officer compares by eye, each for itself (VER-1, VER-2). */
export const aspects = ['characters', 'state', 'vehicle'] as const;
export type Aspect = (typeof aspects)[number];

/** Result of asking whether the vehicle is still wanted. */
export const statusResults = ['confirmed', 'not_wanted', 'no_response'] as const;
export type StatusResult = (typeof statusResults)[number];

/** What an officer may do about an alert. */
export const enforcementActions = ['stop', 'detention', 'arrest', 'citation', 'tow'] as const;

/** Who did a step: a person with an account here, or dispatch as headquarters names it. */
export type Author = Person | { dispatch: string };

/** A reading and how it should have been (VER-11). */
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
  /** The hit that it was told of, when this one was closed with it. */
  with: string | null;
}

/** What a step says. */
export type StepBody =
  /** `about` names the read and the entry that it is of; an amended hit asks for a new look and a new answer. */
  | { kind: 'visual'; aspect: Aspect; answer: Answer; about: string }
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
  | ({ kind: 'disposition' } & Disposition);

/** One step of the verification of a hit; none is ever changed or taken back. */
export type Step = StepBody & { id: string; atMs: number; recordedAtMs: number; by: Author };
