import { dayMs } from '../../platform/clock.ts';
import type { Permission, Role } from '../gate/permissions.ts';

/** Decisions of so long back are told, also where they came late from another unit, ms. */
export const decisionsToldMs = 30 * dayMs;

/** What a notice is about. */
export const noticeKinds = [
  'hit',
  'disposition',
  'entry',
  'release',
  'report',
  'retraining',
  'case-near-end',
  'review',
  'list',
  'clone',
  'unit',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** Whom a notice is for: one person, or everyone of a role or with a permission. */
export type Audience = { account: string } | { role: Role } | { permission: Permission };

/**
 * Something that a person must be told though they did not ask. Its text names cases, ids, places and times, and never a
 * plate: a notice outlives the record that it is about.
 */
export interface NewNotice {
  /** Of what it tells; the same key and audience is told once. */
  key: string;
  kind: NoticeKind;
  to: Audience;
  /** Such as `hit 0193…`, for a person to open; null: nothing of this unit. */
  about: string | null;
  text: string;
  atMs: number;
}

/** A notice as the person sees it whom it is for. */
export interface Notice {
  /** Counts on this unit, to name it by. */
  number: number;
  at: string;
  kind: NoticeKind;
  about: string | null;
  text: string;
  /** When this person read it; null: not yet. */
  readAt: string | null;
}

/** A person's notices, newest first. */
export interface NoticeList {
  notices: Notice[];
  /** How many they have not read, also beyond those listed. */
  unread: number;
  /** Notices for them that were dropped because there were too many, the oldest first. */
  dropped: number;
}

/** Who was told of something, and whether they read it (VER-8). */
export interface Receipt {
  number: number;
  at: string;
  kind: NoticeKind;
  text: string;
  /** In words: `everyone who is crime_analyst`. */
  to: string;
  read: { by: string; at: string }[];
}

/** What waits for a person, for the login and the page. */
export interface Waiting {
  /** Notices that they have not read. */
  notices: number;
  /** Reports of errors and violations that nobody has taken up, of those that they may read. */
  reports: number;
  /** How many of what others asked for wait for this person's decision. */
  decisions: Decisions;
}

/** What others asked for and this person may decide. */
export interface Decisions {
  /** Hot plates, changes of them and longer times. */
  hotPlates: number;
  accounts: number;
  /** Requests of other agencies. */
  releases: number;
}
