import { titleOf } from '../../alerts/wording.ts';
import { isoTime } from '../../platform/clock.ts';
import type { Hit, ImageRef } from '../../records/detection.ts';
import type { Policy } from '../policy/policy.ts';
import type { AlertStatus } from './alert-status.ts';
import { remarksOn } from './check-text.ts';
import type { HitState } from './judge.ts';
import { type Aspect, type Author, aspects, type Step } from './step.ts';

/** One answer with who gave it and when. */
interface Told {
  at: string;
  by: string;
}

/** A hit as an officer works on it. */
export interface HitView {
  id: string;
  detectionId: string;
  unit: string;
  head: string;
  title: string;
  raisedAt: string;
  plate: string;
  confidence: number;
  withdrawn: boolean;
  repeatOf: string | null;
  match: Hit['match'];
  fix: Hit['fix'];
  direction: Hit['direction'];
  state: HitState['state'];
  /** The three things to compare by eye; `characters` is that the observed plate is the one that was read. */
  visual: Record<Aspect, (Told & { answer: string }) | null>;
  status: (Told & { channel: string; source: string; result: string }) | null;
  inProgressSince: string | null;
  /** Null where the reason is not about a person. */
  occupant: { answer: string | null; basis: string | null } | null;
  exigent: (Told & { text: string }) | null;
  act: HitState['act'];
  /** Stops and more that were recorded, oldest first. */
  actions: (Told & { action: string; note: string | null })[];
  /** Personal or CLETS text among what was noted, to look at again; it is never quoted. */
  remarks: string[];
  /** What the agency's policy says of a stop; shown once the alert may be acted upon (VER-10). */
  pursuitText: string | null;
  disposition:
    | (Told & {
        outcome: string;
        cadNumber: string | null;
        reportNumber: string | null;
        notes: string | null;
        correction: unknown;
      })
    | null;
  /** Every step, oldest first; none is ever taken back. */
  steps: (Told & { kind: string })[];
  images: ImageRef[];
  /** What dispatch says of other units' alerts for this plate (DSP-2). */
  elsewhere: AlertStatus[];
}

/** The author of a step, in words. */
export function nameOf(by: Author): string {
  return 'dispatch' in by ? `dispatch (${by.dispatch})` : `${by.name} (${by.username})`;
}

/** Puts a hit and what was done about it into the shape that page and command line show. */
export function viewHit(input: {
  hit: Hit;
  standing: HitState;
  steps: readonly Step[];
  images: ImageRef[];
  elsewhere: AlertStatus[];
  policy: Policy['verification'];
}): HitView {
  const { hit, standing, steps, images, elsewhere, policy } = input;
  const told = (step: Step): Told => ({ at: isoTime(step.atMs), by: nameOf(step.by) });
  const { status, exigent, disposition, occupant, inProgressSinceMs, act } = standing;
  const visual = Object.fromEntries(
    aspects.map((aspect) => {
      const step = standing.visual[aspect];
      return [aspect, step && { answer: step.answer, ...told(step) }];
    }),
  ) as HitView['visual'];
  return {
    id: hit.id,
    detectionId: hit.detectionId,
    unit: hit.unit,
    head: hit.head,
    title: titleOf(hit.match.entry.category),
    raisedAt: hit.raisedAt,
    plate: hit.read.plate,
    confidence: hit.read.confidence,
    withdrawn: hit.state === 'withdrawn',
    repeatOf: hit.repeatOf ?? null,
    match: hit.match,
    fix: hit.fix,
    direction: hit.direction,
    state: standing.state,
    visual,
    status: status && {
      channel: status.channel,
      source: status.source,
      result: status.result,
      ...told(status),
    },
    inProgressSince: inProgressSinceMs === null ? null : isoTime(inProgressSinceMs),
    occupant: occupant && {
      answer: occupant.step?.answer ?? null,
      basis: occupant.step?.basis ?? null,
    },
    exigent: exigent && { text: exigent.text, ...told(exigent) },
    act,
    actions: standing.enforcement.map((step) => ({
      ...{ action: step.action, note: step.note },
      ...told(step),
    })),
    remarks: remarksOn(standing),
    pursuitText: act.allowed ? policy.pursuitText : null,
    disposition: disposition && {
      outcome: disposition.outcome,
      cadNumber: disposition.cadNumber,
      reportNumber: disposition.reportNumber,
      notes: disposition.notes,
      correction: disposition.correction,
      ...told(disposition),
    },
    steps: steps.map((step) => ({ kind: step.kind, ...told(step) })),
    images,
    elsewhere,
  };
}
