import { createHash } from 'node:crypto';
import type { Hit } from '../../records/detection.ts';
import { canonicalJson } from '../audit/canonical-json.ts';
import type { AlertUpdate } from './alert-update.ts';
import { aboutHit } from './entry-hash.ts';
import { describesVehicle } from './judge.ts';
import {
  type Aspect,
  aspects,
  enforcementActions,
  type FreeText,
  freeTexts,
  orderOf,
  type Step,
  type StepBody,
  struckText,
} from './step.ts';

/**
 * The steps that a message of an older unit tells of, which does not carry them: only what it says for certain. A visual
 * check says so if the vehicle was verified by eye; which answer was "no" it does not say, nor anything of the occupant.
 * The ids follow from the message, so that a repeat of it gives the same.
 *
 * @param here the steps of the hit, of which a message about a struck text names the sort.
 */
export function olderStepsOf(update: AlertUpdate, hit: Hit, here: readonly Step[]): Step[] {
  const { at, by, event, note } = update;
  const atMs = Date.parse(at);
  if (event === 'alert.text-struck') return struckOf(update, here);
  const hash = createHash('sha256')
    .update(canonicalJson({ ...update, steps: null }))
    .digest('hex');
  const bodies = bodiesOf(update, hit, note);
  return bodies.map((body, index) => ({
    ...body,
    id: idOf(hash, index),
    by,
    atMs,
    recordedAtMs: atMs,
  }));
}

/** Whether a step was made of such a message: its id is a uuid of version 8. */
export function isOfOlderUnit({ id }: Step): boolean {
  return id[14] === '8';
}

function bodiesOf(update: AlertUpdate, hit: Hit, note: string | null): StepBody[] {
  const { event, state, status, disposition } = update;
  const about = aboutHit(hit, update.plate);
  switch (event) {
    case 'alert.confirmation-started':
      return [{ kind: 'confirmation-started' }];
    case 'alert.visual': {
      if (state !== 'visually_verified' && state !== 'validated') return [];
      const isAsked = (aspect: Aspect) => aspect !== 'vehicle' || describesVehicle(hit.match);
      return aspects
        .filter(isAsked)
        .map((aspect) => ({ kind: 'visual', aspect, answer: 'yes', about }));
    }
    case 'alert.status':
      return status === null ? [] : [{ kind: 'status', ...status, about }];
    case 'alert.exigent':
      return note === null ? [] : [{ kind: 'exigent', text: note }];
    case 'alert.enforcement': {
      const [said, ...warnings] = note?.split('; ') ?? [];
      const action = enforcementActions.find((each) => each === said);
      return action === undefined ? [] : [{ kind: 'enforcement', action, note: null, warnings }];
    }
    case 'alert.disposed': {
      if (disposition === null) return [];
      const { replaces: _, ...closed } = disposition;
      return [{ kind: 'disposition', ...closed, with: null }];
    }
    case 'alert.reopened':
      return [{ kind: 'reopened', why: note ?? '', with: null }];
    default:
      return [];
  }
}

/** Of the steps that older messages told of, those whose text the message strikes. */
function struckOf({ at, by, note }: AlertUpdate, here: readonly Step[]): Step[] {
  const text = freeTexts[note as FreeText];
  if (text === undefined || 'dispatch' in by) return [];
  const atMs = Date.parse(at);
  return here
    .filter((step) => isOfOlderUnit(step) && step.kind === text.kind && orderOf(step) <= atMs)
    .filter((step) => {
      const words = (step as Record<string, unknown>)[text.field];
      return typeof words === 'string' && words !== struckText;
    })
    .map((step) => ({ ...step, [text.field]: struckText, struck: { by, atMs } }) as Step);
}

function idOf(hash: string, index: number): string {
  const hex = createHash('sha256').update(`${hash} ${index}`).digest('hex');
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ];
  return [...groups, hex.slice(20, 32)].join('-');
}
