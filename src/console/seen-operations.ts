import { z } from 'zod';
import { record } from '../accountability/gate/answer.ts';
import { change } from '../accountability/gate/definition.ts';
import { type HitRights, hitNotPermitted } from '../accountability/gate/list-rights.ts';
import type { Actor, Operation } from '../accountability/gate/operation.ts';
import { Refusal } from '../accountability/gate/refusal.ts';
import { nameOf } from '../accountability/verification/step.ts';
import type { AlertBoard, BoardAlert } from './alert-board.ts';
import type { AlertView } from './alert-view.ts';

/** An alert in the version that the person's screen shows: what changed since is not theirs to mark. */
const shown = z.strictObject({ id: z.string().max(64), revision: z.number().int().min(0) });

const common = {
  permission: 'alerts.watch',
  category: 'Hit List Browsing',
  input: shown,
  answer: record<AlertView>(),
  object: ({ id }: { id: string }) => `alert ${id}`,
} as const;

export const markAlertSeen = change({
  name: 'alerts.seen',
  http: { method: 'POST', path: '/live/:id/seen' },
  ...common,
});

export const markAlertUnseen = change({
  name: 'alerts.unseen',
  http: { method: 'POST', path: '/live/:id/unseen' },
  ...common,
});

/** What people mark on their screens. `show`: tells every screen. */
export function seenOperations(deps: {
  board: AlertBoard;
  hitRights: HitRights;
  show: (alert: BoardAlert) => void;
}): Operation[] {
  const { board, hitRights, show } = deps;

  const mark = (
    { id, revision }: z.infer<typeof shown>,
    isSeen: boolean,
    { actor, nowMs }: { actor: Actor; nowMs: number },
  ): AlertView => {
    const may = hitRights(actor);
    const by = isSeen ? { by: nameOf(actor), atMs: Math.floor(nowMs) } : null;
    const marked = board.mark(id, { revision, by, may });
    if (marked === 'withheld') throw hitNotPermitted();
    if (marked === 'gone') {
      throw new Refusal(
        404,
        'no-such-alert',
        'This alert is no longer on the screens: it was closed, or is older than half an hour.',
      );
    }
    if (marked === 'changed') {
      throw new Refusal(
        409,
        'alert-changed',
        'There is news of this alert since your screen drew it: look at it again.',
      );
    }
    show(marked);
    const view = marked.viewFor(may);
    if (view.withheld) throw hitNotPermitted();
    return view;
  };

  return [
    markAlertSeen.does((input, context) => mark(input, true, context)),
    markAlertUnseen.does((input, context) => mark(input, false, context)),
  ];
}
