import type { ServerResponse } from 'node:http';
import type { People } from '../accountability/access/people.ts';
import type { AuditWriter } from '../accountability/audit/audit-record.ts';
import { createGate } from '../accountability/gate/gate.ts';
import type { Actor } from '../accountability/gate/operation.ts';
import type { Permission } from '../accountability/gate/permissions.ts';
import { Refusal } from '../accountability/gate/refusal.ts';
import { systemClock } from '../platform/clock.ts';
import type { PreviewFrame } from '../vision/head/preview-frame.ts';
import type { AimEnd, AimLine } from './aim-line.ts';
import { type AimCameras, aimCamera, aimCameraClear, checkCamera } from './aim-operations.ts';
import { type Caller, callerOf, tokenOf } from './caller.ts';
import type { Listener } from './listener.ts';
import { askedOf } from './operation-routes.ts';

/** Looks at cameras, for who sets them up. */
export interface Aim {
  routes(listener: Listener): void;
  /** Ends the looks of sessions that are over, or locked. */
  endOver(): void;
  /** How many look now. */
  readonly looks: number;
  close(): void;
}

/** A look that goes on. */
interface OpenLook {
  session: string;
  finish(why: AimEnd): void;
  endIfOver(): boolean;
}

/** A look ends by itself: nobody may be there any more. */
const longestMs = 5 * 60_000;
/** One technician with a phone for each camera of a car, and a page that has not noticed its end. */
const mostLooks = 6;
/** Of one session: a browser has six connections to a unit, of which alerts have one and keys need one. */
const mostOfSession = 4;
/** A page with this much unread data gets no further picture until it has read it, bytes. */
const backlogBytes = 128 * 1024;
const checkEveryMs = 1000;

/**
 * Streams of small pictures to who sets up a camera. Beginning to look goes through the gate, with its audit record, and
 * counts as use of the session; an open look does not. It ends with the page, the session, its lock, the permission, or
 * after five minutes.
 */
export function createAim(deps: {
  cameras: AimCameras;
  people: People;
  audit: AuditWriter;
  onAuditFailure: (problem: string) => void;
  longestMs?: number;
}): Aim {
  const { cameras, people } = deps;
  const open = new Set<OpenLook>();
  const admit = ({ head }: { head: string }, { actor }: { actor: Actor }): { head: string } => {
    const own = [...open].filter(({ session }) => session === actor.session);
    if (open.size >= mostLooks || own.length >= mostOfSession) {
      const words = 'Too many screens look at cameras now: close one of them.';
      throw new Refusal(429, 'too-many-looks', words);
    }
    checkCamera(cameras, head);
    return { head };
  };
  const operations = [aimCamera.does(admit), aimCameraClear.does(admit)];
  const gate = createGate({
    operations,
    sessions: people.sessions,
    inquiries: people.inquiries,
    audit: deps.audit,
    clock: systemClock,
    onAuditFailure: deps.onAuditFailure,
  });

  /** Why somebody may look no more; null while they may. */
  const endOf = ({ token, from }: Caller, permission: Permission): AimEnd | null => {
    try {
      const { permissions } = people.onlookers.actorOf(token ?? '', from);
      return permissions.has(permission) ? null : 'ended';
    } catch (error) {
      return error instanceof Refusal && error.status === 423 ? 'locked' : 'ended';
    }
  };

  const begin = (
    response: ServerResponse,
    look: { head: string; isClear: boolean; session: string; ended: () => AimEnd | null },
  ): void => {
    const { head, isClear, session, ended } = look;
    const tell = (line: AimLine) => response.write(`${JSON.stringify(line)}\n`);
    const endIfOver = (): boolean => {
      const why = ended();
      if (why !== null) finish(why);
      return why !== null;
    };
    const own: OpenLook = { session, finish, endIfOver };
    const show = (frame: PreviewFrame): void => {
      if (response.writableLength > backlogBytes) return;
      const line = lineOf(frame, isClear);
      if (!endIfOver() && line !== null) tell(line);
    };
    const leave = cameras.watch(head, { isClear, show });
    const tellFigures = (): void => {
      const figures = cameras.figures(head);
      if (figures !== null && response.writableLength <= backlogBytes) tell(figures);
    };
    const check = setInterval(() => {
      if (!endIfOver()) tellFigures();
    }, checkEveryMs);
    const timer = setTimeout(() => finish('time'), deps.longestMs ?? longestMs);
    const stop = (): void => {
      leave?.();
      clearInterval(check);
      clearTimeout(timer);
      open.delete(own);
    };
    function finish(why: AimEnd): void {
      stop();
      tell({ type: 'over', why });
      response.end();
    }
    open.add(own);
    tellFigures();
    response.once('close', stop);
    response.on('error', stop);
  };

  return {
    routes(listener) {
      for (const operation of operations) {
        const { http, permission, name } = operation;
        const isClear = name === aimCameraClear.name;
        listener.app.post(
          `/api${http.path}`,
          { config: { rule: permission } },
          async (request, reply) => {
            const caller = callerOf(request, listener);
            const asked = { token: tokenOf(caller), from: caller.from, operation: name };
            const answer = await gate.perform({ ...asked, ...askedOf(request, operation) });
            const { head } = answer as { head: string };
            const session = people.session(asked.token, caller.from).id;
            reply.hijack();
            reply.raw.writeHead(200, {
              ...listener.headersFor(request),
              'content-type': 'application/x-ndjson; charset=utf-8',
            });
            reply.raw.flushHeaders();
            const ended = () => (permission === 'signed-in' ? null : endOf(caller, permission));
            begin(reply.raw, { head, isClear, session, ended });
          },
        );
      }
    },
    endOver() {
      for (const each of [...open]) each.endIfOver();
    },
    get looks() {
      return open.size;
    },
    close() {
      for (const { finish } of [...open]) finish('stopped');
    },
  };
}

/** A frame with the one picture that this look is for; null where it has none. */
function lineOf(frame: PreviewFrame, isClear: boolean): AimLine | null {
  const { covered, clear, head: _, test: __, colour, ...facts } = frame;
  const picture = isClear ? clear : covered;
  if (picture === null) return null;
  const colourPicture = (isClear ? colour?.clear : colour?.covered) ?? null;
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return {
    ...{ type: 'frame', isClear, ...facts, jpeg: base64(picture) },
    colourJpeg: colourPicture && base64(colourPicture),
  };
}
