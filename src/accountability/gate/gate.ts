import type { Clock } from '../../platform/clock.ts';
import { messageOf } from '../../platform/problem.ts';
import {
  type AuditEntry,
  type AuditWriter,
  bareEntry,
  type Inquiry,
} from '../audit/audit-record.ts';
import { type FileAnswer, isFileAnswer } from './answer.ts';
import { createAuditTrail } from './audit-trail.ts';
import type { Request, StatedInquiry } from './client.ts';
import type { Actor, Operation, PreparedOperation } from './operation.ts';
import { Refusal } from './refusal.ts';
import { textFault, withoutTurning } from './turned-text.ts';

/** Finds the person of a session token. */
export interface SessionReader {
  /** Throws a Refusal (401, 423) if the token is not valid or its session is locked. */
  actorOf(token: string, from: string): Actor;
}

/**
 * Makes an inquiry from what a person stated, or finds the one that they began; throws a Refusal that says what is
 * missing.
 */
export interface InquiryDesk {
  /**
   * `keptFor`: the object whose purpose is kept: what is stated counts for it from now on, and where nothing is stated
   * what this session stated before.
   */
  open(stated: StatedInquiry | undefined, actor: Actor, keptFor?: string): Inquiry;
  /** What an auditor should look at in it; null if nothing. The audit record keeps it. */
  remarkOn?(inquiry: Inquiry): string | null;
}

/** A request and the session that makes it. */
export interface GateRequest extends Request {
  token: string;
  from: string;
}

/** The gate between people and the unit's data. */
export interface Gate {
  readonly operations: readonly Operation[];
  perform(request: GateRequest): Promise<unknown>;
  /** Records that a file which it answered with did not leave whole, such as a download that was cancelled; `note` says how far. */
  noteCutOff(answer: FileAnswer, note: string): void;
}

/**
 * Checks session, permission, input and purpose, writes the audit record, and only then answers. If the record cannot
 * be written, nothing is shown or changed (AUD-3, CJIS AU-5) and `onAuditFailure` is called. A change is recorded as begun
 * before it is made; where only its end cannot be recorded it stays, and the refusal says so.
 */
export function createGate(deps: {
  operations: readonly Operation[];
  sessions: SessionReader;
  inquiries: InquiryDesk;
  audit: AuditWriter;
  clock: Clock;
  onAuditFailure: (problem: string) => void;
}): Gate {
  const { sessions, inquiries, clock } = deps;
  const byName = new Map<string, Operation>(deps.operations.map((each) => [each.name, each]));
  if (byName.size !== deps.operations.length) throw new Error('two operations have the same name');

  const append = createAuditTrail(deps.audit, deps.onAuditFailure);
  const firsts = createFirsts();
  /** Of files that were answered with, who asked for them. */
  const answered = new WeakMap<FileAnswer, AuditEntry>();

  return {
    operations: deps.operations,

    async perform({ token, from, operation: name, input: raw, inquiry: stated }) {
      const operation = byName.get(name);
      if (operation === undefined) {
        throw new Refusal(404, 'unknown-operation', `There is no operation ${name}.`);
      }
      const actor = sessions.actorOf(token, from);
      const entry = blank(operation, actor);
      const refuse = (refusal: Refusal): never => {
        append({ ...entry, outcome: 'refused', note: refusal.message });
        throw refusal;
      };

      if (operation.permission !== 'signed-in' && !actor.permissions.has(operation.permission)) {
        refuse(new Refusal(403, 'not-permitted', notPermitted(actor, operation.permission)));
      }
      const fault = textFault(raw) ?? textFault(stated);
      if (fault !== null) refuse(new Refusal(400, 'bad-input', fault));
      const prepared = orRefused(refuse, () => operation.prepare(withoutTurning(raw)));
      entry.object = prepared.object;
      entry.query = prepared.query;
      orRefused(refuse, () => prepared.permits(actor));
      if (operation.inquiry) {
        const keptFor =
          operation.keepsPurpose === true ? (prepared.object ?? undefined) : undefined;
        const plainStated = withoutTurning(stated) as typeof stated;
        const inquiry = orRefused(refuse, () => inquiries.open(plainStated, actor, keptFor));
        entry.inquiry = inquiry;
        entry.note = orRefused(refuse, () => inquiries.remarkOn?.(inquiry) ?? null);
      }

      const isChange = operation.effect === 'change';
      if (isChange) append({ ...entry, outcome: 'started' });
      let done: Awaited<ReturnType<PreparedOperation['run']>>;
      try {
        done = await prepared.run({ actor, inquiry: entry.inquiry, nowMs: clock() });
      } catch (error) {
        const outcome = !isChange && error instanceof Refusal ? 'refused' : 'failed';
        append({ ...entry, outcome, note: messageOf(error) });
        throw error;
      }
      if (operation.oncePerSession !== true) {
        append({ ...entry, outcome: 'done', results: done.results }, isChange);
      } else if (!firsts.has(`${actor.session} ${name}`)) {
        append(
          { ...entry, outcome: 'done', results: done.results, note: firstOfSession },
          isChange,
        );
        firsts.add(`${actor.session} ${name}`);
      }
      if (operation.shows !== undefined) {
        append(
          { ...entry, category: operation.shows, query: null, outcome: 'done', results: 1 },
          isChange,
        );
      }
      if (isFileAnswer(done.answer)) answered.set(done.answer, entry);
      return done.answer;
    },

    noteCutOff(answer, note) {
      const entry = answered.get(answer);
      if (entry === undefined) return;
      try {
        append({ ...entry, outcome: 'failed', note });
      } catch {
        // It is told by `onAuditFailure`, and nobody waits for an answer any more.
      }
    },
  };
}

/** Stands in the record of an operation with `oncePerSession`. */
const firstOfSession = 'The first of this login; that it is done again is not recorded.';

/** Sessions and what was recorded of them once. Bounded: what is forgotten is recorded once more. */
function createFirsts() {
  const known = new Set<string>();
  return {
    has: (key: string) => known.has(key),
    add(key: string): void {
      if (known.size >= 10_000) known.clear();
      known.add(key);
    },
  };
}

/** The result of `make`; a Refusal that it throws is recorded by `refuse`. */
function orRefused<T>(refuse: (refusal: Refusal) => never, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof Refusal) refuse(error);
    throw error;
  }
}

/** Why the operation is not permitted: the role, or what restricts this person below their role. */
function notPermitted({ role, restrictions = [] }: Actor, permission: string): string {
  return restrictions.length > 0
    ? `You (${role}) may not do this now: it needs ${permission}. ${restrictions.join(' ')}`
    : `Your role (${role}) does not allow this: it needs ${permission}.`;
}

function blank(operation: Operation, actor: Actor): AuditEntry {
  const { account, username, name, role, organisation } = actor;
  return {
    ...bareEntry,
    category: operation.category,
    operation: operation.name,
    who: { account, username, name, role, organisation },
    from: actor.from,
    session: actor.session,
  };
}
