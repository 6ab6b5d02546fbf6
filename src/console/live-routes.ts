import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { entryAbout } from '../accountability/access/account-entry.ts';
import type { People } from '../accountability/access/people.ts';
import type { AuditWriter } from '../accountability/audit/audit-record.ts';
import { file, listOf } from '../accountability/gate/answer.ts';
import { createAuditTrail } from '../accountability/gate/audit-trail.ts';
import { look } from '../accountability/gate/definition.ts';
import { createGate } from '../accountability/gate/gate.ts';
import { nothing } from '../accountability/gate/input-fields.ts';
import { type HitRights, hitNotPermitted } from '../accountability/gate/list-rights.ts';
import type { Actor, Operation } from '../accountability/gate/operation.ts';
import { perform } from '../accountability/gate/perform.ts';
import { Refusal } from '../accountability/gate/refusal.ts';
import { rankOf } from '../alerts/classify.ts';
import type { Config } from '../config/schema.ts';
import { systemClock } from '../platform/clock.ts';
import type { AlertBoard, BoardAlert, Touched } from './alert-board.ts';
import { type AlertView, imageKinds, type WithheldView } from './alert-view.ts';
import { type Caller, callerOf, tokenOf } from './caller.ts';
import { type Audience, createEventStream, type StreamEvent } from './event-stream.ts';
import type { Listener } from './listener.ts';
import { type Motion, speedOf } from './motion.ts';
import { createNotedAlerts } from './noted-alerts.ts';
import { send as sendAnswer } from './operation-routes.ts';
import { viewStatus } from './status-view.ts';
import { viewUnit } from './unit-view.ts';

/** Alerts that a page is told in one event when it joins: some 60 kB. */
const alertsInPart = 20;

/** Live events to open pages. */
export interface Live {
  /** Names this run of the unit. */
  readonly boot: string;
  /** `pageVersion`: of the page that is given out. */
  routes(listener: Listener, pageVersion: string): void;
  /**
   * Shows an alert on every open page, to each person as far as they may see it; a locked page learns only that there
   * is an alert.
   */
  show(alert: BoardAlert, isNew: boolean): void;
  /** Takes an alert that was closed off every open page. */
  clear(id: string): void;
  /** Shows on every page how far the verification of a hit is now. */
  follow(hitId: string): void;
  /**
   * Sends a sign of life to every page; ends those whose session is over. Shows what people have done about alerts in
   * another process.
   */
  beat(): void;
  /** Ends the pages of sessions that are over. */
  endOver(): void;
  /** Pages that are open on the unit itself, where an alert must be seen. */
  readonly ownViewers: number;
  close(): void;
}

/**
 * Live alerts for people who may watch them, each under the rights to lists that every operation on a hit asks for. Every
 * look goes through the gate: the start of watching, each alert shown, each picture. An open page does not count as use of
 * the session, so the session may lock itself.
 */
export function createLive(deps: {
  unit: Config['unit'];
  board: AlertBoard;
  people: People;
  hitRights: HitRights;
  audit: AuditWriter;
  onAuditFailure: (problem: string) => void;
  status: () => unknown;
  motion: Motion;
}): Live {
  const { unit, board, people, hitRights, motion } = deps;
  const stream = createEventStream();
  const trail = createAuditTrail(deps.audit, deps.onAuditFailure);
  /** By this a page knows whether the daemon was restarted. */
  const boot = randomUUID();
  let events = 0;
  const gate = createGate({
    operations: liveOperations(board, hitRights),
    sessions: people.onlookers,
    inquiries: people.inquiries,
    audit: deps.audit,
    clock: systemClock,
    onAuditFailure: deps.onAuditFailure,
  });

  const audienceOf = ({ token, from }: Caller): Audience => {
    try {
      const actor = people.onlookers.actorOf(token ?? '', from);
      return actor.permissions.has('alerts.watch') ? actor : 'ended';
    } catch (error) {
      return error instanceof Refusal && error.status !== 401 ? 'hidden' : 'ended';
    }
  };

  const noteShown = ({ id, event, withheld }: AlertView | WithheldView, actor: Actor): void => {
    const { account, username, name, role, organisation, from, session } = actor;
    trail({
      ...entryAbout(null, {
        category: 'Hit List Browsing',
        operation: 'alerts.show',
        from,
        session,
        object: `alert ${id}`,
        results: withheld ? 0 : 1,
        note: withheld ? `${event}, withheld: of a list that this person may not see` : event,
      }),
      who: { account, username, name, role, organisation },
    });
  };

  /** Sent to a locked page instead of an alert, or of the sign of life: how many wait, and nothing of them. */
  const withCounts = (event: 'hidden' | 'locked') => ({
    event,
    data: { waiting: board.waiting() },
  });

  const noted = createNotedAlerts();
  /** An alert was not shown, since the log could not take that it is. */
  let isOwed = false;
  /** Whether the log has it now that this alert is shown; one that it cannot take is counted on the page until it can. */
  const isNoted = (view: AlertView | WithheldView, actor: Actor): boolean => {
    try {
      noteShown(view, actor);
      noted.note(actor.session, view.id);
      return true;
    } catch {
      noted.drop(actor.session, view.id);
      isOwed = true;
      return false;
    }
  };

  /**
   * What a page needs to hold every alert of the board: in parts, the most urgent and newest first, each made when the link
   * can take it, so that a slow link shows what counts at once. What the log has as shown in its session is not noted again.
   */
  const everything = (): StreamEvent[] => {
    const held = board.alerts();
    const ids = held.map(({ id }) => id);
    for (const id of ids) told.add(id);
    const first = held.toReversed().sort((a, b) => rankOf(b.class) - rankOf(a.class));
    const parts: string[][] = [];
    for (let at = 0; at === 0 || at < first.length; at += alertsInPart) {
      parts.push(first.slice(at, at + alertsInPart).map(({ id }) => id));
    }
    const viewsOf = (part: readonly string[], actor: Actor) => {
      const may = hitRights(actor);
      // As they are when they are sent: one that was closed meanwhile is none of them any more.
      const views = part.flatMap((id) => board.find(id)?.viewFor(may) ?? []);
      return views.filter((view) => noted.has(actor.session, view.id) || isNoted(view, actor));
    };
    const latest = `${boot}.${events}`;
    return parts.map((part, at) => ({
      event: at === 0 ? 'alerts' : 'more-alerts',
      data: (actor: Actor) => {
        const alerts = viewsOf(part, actor);
        return at === 0 ? { boot, ids, alerts, notShown } : { alerts };
      },
      // A page that was cut off before the last part is told everything again.
      ...(at === parts.length - 1 ? { id: latest } : {}),
    }));
  };

  /** Tells all pages everything, as far as the log takes it now. */
  const tellAgain = (): void => {
    isOwed = false;
    for (const [at, event] of everything().entries()) {
      stream.send({ ...event, key: `everything ${at}` });
    }
  };

  /** What pages were told of and hold, by id. */
  let told = new Set<string>();
  const send = (alert: BoardAlert, isNew: boolean): void => {
    events += 1;
    told.add(alert.id);
    stream.send({
      event: 'alert',
      data(actor) {
        const view = alert.viewFor(hitRights(actor));
        if (!isNew || isNoted(view, actor)) return view;
        // The page counts it as one that is not here yet.
        setImmediate(tellAgain);
        return undefined;
      },
      id: `${boot}.${events}`,
      key: keyOf(alert.id),
      ...(isNew ? { hidden: withCounts('hidden') } : {}),
    });
  };
  let notShown = 0;
  const countNotShown = (): number => {
    notShown = board.notShown();
    return notShown;
  };
  const clear = (id: string): void => {
    events += 1;
    told.delete(id);
    noted.forget(id);
    const data = { id, notShown: countNotShown() };
    stream.send({ event: 'cleared', data: () => data, id: `${boot}.${events}`, key: keyOf(id) });
  };
  /** Shows open alerts that are not on the board, as far as there is room. */
  const fill = (): void => {
    for (const alert of board.fill()) send(alert, true);
    const before = notShown;
    const count = countNotShown();
    if (count === before) return;
    stream.send({ event: 'not-shown', data: () => ({ count }), key: 'not-shown' });
  };
  /** Takes what the board no longer keeps off the pages, so that all of them show the same. */
  const clearForgotten = (): void => {
    const kept = new Set(board.alerts().map(({ id }) => id));
    for (const id of told) if (!kept.has(id)) clear(id);
    told = kept;
  };
  const showTouched = ({ id, alert }: Touched): void =>
    alert === null ? clear(id) : send(alert, false);

  return {
    boot,
    routes(listener, pageVersion) {
      const { app, isRemote } = listener;
      app.get('/api/status', { config: { rule: 'signed-in' } }, async (request) => {
        const caller = callerOf(request, listener);
        const { permissions, session } = people.onlookers.actorOf(tokenOf(caller), caller.from);
        const status = deps.status();
        const isWatched = !isRemote && permissions.has('alerts.watch');
        const shown = {
          ...viewStatus(status, isWatched),
          run: { boot, page: pageVersion, nowMs: systemClock() },
        };
        // A computer elsewhere stands while the car moves.
        if (unit.mode !== 'mobile' || isRemote) return shown;
        motion.look(speedOf(status));
        return { ...shown, motion: motion.view(session) };
      });

      app.get('/api/events', { config: { rule: 'alerts.watch' } }, async (request, reply) => {
        const caller = callerOf(request, listener);
        const { from } = caller;
        const held = people.session(tokenOf(caller), from);
        const hello = (locked: boolean) => {
          const data = {
            ...{ boot, at: viewUnit(unit), locked, notShown: countNotShown() },
            ...{ nowMs: systemClock(), waiting: board.waiting() },
          };
          return { event: 'hello', data: () => data, hidden: { event: 'hello', data } };
        };
        if (!held.locked) {
          const alerts = await perform(
            { perform: (asked) => gate.perform({ ...asked, token: tokenOf(caller), from }) },
            watchAlerts,
            {},
          );
          const actor = people.onlookers.actorOf(tokenOf(caller), from);
          for (const alert of alerts) {
            if (alert.withheld) noteShown(alert, actor);
            noted.note(actor.session, alert.id);
          }
        } else if (!held.permissions.includes('alerts.watch')) {
          throw new Refusal(403, 'not-permitted', 'Your role may not watch alerts.');
        }
        const hasLatest = request.headers['last-event-id'] === `${boot}.${events}`;
        let isBegun = false;
        reply.hijack();
        reply.raw.writeHead(200, {
          ...listener.headersFor(request),
          'content-type': 'text/event-stream; charset=utf-8',
        });
        const audience = () => audienceOf(caller);
        const first = () => {
          if (!isBegun) {
            isBegun = true;
            return [hello(held.locked), ...(hasLatest || held.locked ? [] : everything())];
          }
          // More waited for its link than was kept.
          return [hello(audience() === 'hidden'), ...everything()];
        };
        stream.join({ response: reply.raw, session: held.id, isRemote, audience, first });
      });

      app.get(
        '/api/live/:id/:kind.jpg',
        { config: { rule: 'alerts.watch' } },
        async (request, reply) => {
          const caller = callerOf(request, listener);
          const input = request.params;
          const { from } = caller;
          return sendAnswer(
            reply,
            await gate.perform({ token: tokenOf(caller), from, operation: 'alerts.image', input }),
          );
        },
      );
    },

    show(alert, isNew) {
      send(alert, isNew);
      clearForgotten();
    },
    clear,
    follow(hitId) {
      const touched = board.touch(hitId, false);
      if (touched !== null) showTouched(touched);
      // An alert that was opened again is not on the board.
      fill();
    },
    beat() {
      const nowMs = systemClock();
      for (const touched of board.touchAll()) showTouched(touched);
      if (isOwed) tellAgain();
      fill();
      clearForgotten();
      if (unit.mode === 'mobile') motion.look(speedOf(deps.status()));
      stream.send({
        ...{ event: 'beat', data: () => ({ nowMs }), hidden: withCounts('locked'), key: 'beat' },
      });
    },
    endOver: () => stream.endOver(),
    get ownViewers() {
      return stream.ownViewers;
    },
    close: () => stream.close(),
  };
}

/** News of an alert, and that it is gone, stand for what was told of it before. */
const keyOf = (id: string): string => `alert ${id}`;

const watchAlerts = look({
  name: 'alerts.watch',
  http: { method: 'GET', path: '/events' },
  permission: 'alerts.watch',
  category: 'Hit List Browsing',
  input: nothing,
  answer: listOf<AlertView | WithheldView>(),
  results: (alerts) => alerts.filter(({ withheld }) => !withheld).length,
});

const openAlertImage = look({
  name: 'alerts.image',
  http: { method: 'GET', path: '/live/:id/:kind.jpg' },
  permission: 'alerts.watch',
  category: 'Image View',
  input: z.strictObject({ id: z.string().max(64), kind: z.enum(imageKinds) }),
  answer: file,
  object: ({ id, kind }) => `alert ${id} ${kind}`,
});

function liveOperations(board: AlertBoard, hitRights: HitRights): Operation[] {
  return [
    watchAlerts.does(
      (_, { actor }) => {
        const may = hitRights(actor);
        return board.alerts().map((alert) => alert.viewFor(may));
      },
      { query: () => ({ alerts: board.alerts().map(({ id }) => id) }) },
    ),
    openAlertImage.does(({ id, kind }, { actor }) => {
      const jpeg = board.image(id, kind, hitRights(actor));
      if (jpeg === 'withheld') throw hitNotPermitted();
      if (jpeg === null) throw new Refusal(404, 'no-picture', 'There is no such picture.');
      return { fileName: `${kind}.jpg`, contentType: 'image/jpeg', bytes: jpeg };
    }),
  ];
}
