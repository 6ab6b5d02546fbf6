import { uuidv7 } from 'uuidv7';
import { dayMs, isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Table } from '../../platform/table-file.ts';
import { barImmigration } from '../gate/bar-immigration.ts';
import type { Actor } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import { beyond, type Cover, coverWords, isNarrowed, type NarrowInput } from './cover.ts';
import { stateRemark } from './covered-plate.ts';
import { denialOf } from './denied.ts';
import { isInside, type Released, refuseOutside } from './outside-request.ts';
import { releaseLog } from './release-log.ts';
import {
  type ReleaseAsk,
  type ReleaseInput,
  type ReleaseRequest,
  type ReleaseView,
  releaseRequestSchema,
  requestCoverWords,
  type ShownState,
  shownState,
  standingOf,
} from './release-request.ts';

/** A person who acts on a request. */
type Doer = Pick<Actor, 'account' | 'name' | 'username' | 'role'>;

type Texts = Pick<ReleaseAsk, 'agency' | 'purpose' | 'person' | 'data'>;

/** An approver's decision. */
interface Approval {
  id: string;
  why: string;
  valuesActConsidered: boolean;
  narrow: NarrowInput;
}

interface Row {
  id: string;
  enteredBy: string;
  body: string;
}

/** Requests of other agencies for data (REL-1 to REL-5). */
export interface Releases {
  request(ask: ReleaseInput, by: Doer, nowMs: number): ReleaseView;
  verify(id: string, how: string, by: Doer, nowMs: number): ReleaseView;
  /** Approves what was asked for, or less; throws a Refusal that says what is missing. */
  approve(approval: Approval, by: Doer, nowMs: number): ReleaseView;
  refuse(refusal: { id: string; why: string }, by: Doer, nowMs: number): ReleaseView;
  /** Takes an approval back; throws a Refusal unless it is approved. */
  withdraw(withdrawal: { id: string; why: string }, by: Doer, nowMs: number): ReleaseView;
  list(nowMs: number, state?: ShownState): ReleaseView[];
  /** How many requests this person may decide. */
  waitingFor(by: Doer): number;
  /** Requests that somebody else than who entered them decided since then, with the account of who entered them. */
  decisions(sinceMs: number): { request: ReleaseRequest; enteredBy: string }[];
  /** The id of the request with this number or id; null if there is none. Wherever an id is taken, a number is, too. */
  idOf(reference: string): string | null;
  /** The log on file (A 429.5). */
  table(): Table;
  /**
   * The approved request under which these detections may be packed now; throws a Refusal that says what is covered, and
   * names what is not, plate and place to who may see them (REL-2).
   */
  authorise(
    id: string,
    detections: readonly Released[],
    nowMs: number,
    mayRead?: boolean,
  ): ReleaseRequest;
  /** Those of these detections that a request covers, whatever its state. */
  coveredOf<Each extends Released>(id: string, detections: readonly Each[]): Each[];
  /** Records a package released under a request, if it still covers it; else throws as `authorise` does. */
  fulfilled(
    id: string,
    made: { packageId: string; detections: readonly Released[] },
    by: Doer,
    nowMs: number,
  ): void;
  /** Throws a Refusal unless this package was made under the request and its approval still stands. */
  refuseFetch(id: string, packageId: string, nowMs: number): void;
}

/** The same request of the same person is taken for a repetition for so long, ms. */
const againMs = 15 * 60_000;

/** What makes a request the same as another: its words and what it covers, without the end, which counts from its entry. */
function wordsOfRequest(request: Words): unknown[] {
  const { agency, person, kind, purpose, data, reference, asked } = request;
  const covers = asked && [asked.plates, asked.area, asked.spans, asked.packages];
  return [agency, person, kind, purpose, data, reference, covers];
}
type Words = Pick<ReleaseRequest, keyof Texts | 'kind' | 'reference' | 'asked'>;

/** Opens the requests on `lookout.db`. */
export function createReleases(deps: { db: Database; policy: Policy }): Releases {
  const { db } = deps;
  const { releases: rules, immigration } = deps.policy;
  const rows = createRows(db);

  /** What an approver should look at; throws a Refusal if it is for immigration enforcement. */
  const warningsOn = ({ agency, person, purpose, data }: Texts): string[] =>
    barImmigration(immigration, [
      { field: 'the agency', text: agency, kind: 'agency' },
      { field: 'the person', text: person, kind: 'agency' },
      { field: 'the purpose', text: purpose },
      { field: 'the data', text: data },
    ]);
  const refuseDenied = (ask: Texts): string[] => {
    const warnings = warningsOn(ask);
    const { agency, person, purpose, data } = ask;
    const denial = denialOf(
      { agency: `${agency} ${person}`, purpose: `${purpose} ${data}` },
      rules,
    );
    if (denial !== null) throw new Refusal(403, 'release-denied', `Not released: ${denial}.`);
    return warnings;
  };
  const view = (request: ReleaseRequest, nowMs: number): ReleaseView => ({
    ...request,
    standing: standingOf(request, nowMs),
    covers: requestCoverWords(request),
    shown: shownState(request),
  });
  const checkRole = (by: Doer): void => {
    if (rules.approverRoles.includes(by.role)) return;
    throw new Refusal(
      403,
      'not-approver',
      `Your role (${by.role}) may not decide on releases; these may: ${rules.approverRoles.join(', ')}.`,
    );
  };
  const checkDecider = (row: Row, by: Doer): void => {
    checkRole(by);
    if (row.enteredBy === by.account) {
      throw new Refusal(
        403,
        'own-request',
        'Someone other than the person who entered the request must decide it.',
      );
    }
  };
  const checkValuesAct = ({ warnings }: ReleaseRequest, isConsidered: boolean): void => {
    if (rules.valuesAct === null || isConsidered) return;
    throw new Refusal(
      400,
      'values-act-not-considered',
      `Before a release the California Values Act is considered (${rules.valuesAct}; Government Code 7282.5, 7284.2): ` +
        `answer that you did (--values-act-considered).${warnings.map((each) => ` Note: ${each}.`).join('')}`,
    );
  };
  /** The request, if these detections may be released under it now. */
  const open = (
    id: string,
    detections: readonly Released[],
    nowMs: number,
    mayRead = false,
  ): ReleaseRequest => {
    const request = requestOf(rows.find(id));
    const { number, granted } = request;
    inState(request, ['approved'], 'a release');
    // The policy may have changed since the approval.
    refuseDenied(request);
    refuseUnlessOpen(request, nowMs);
    if (granted !== null) refuseOutside({ number, granted }, detections, mayRead);
    return request;
  };

  /** Who was not answered, as when the unit was restarted, enters a request once more; it is on file all the same. */
  const refuseSecond = (ask: Words, by: Doer, nowMs: number): void => {
    const texts = JSON.stringify(wordsOfRequest(ask));
    const same = rows
      .allEntered()
      .find(
        ({ enteredBy, request }) =>
          enteredBy === by.account &&
          nowMs - Date.parse(request.requested.at) < againMs &&
          JSON.stringify(wordsOfRequest(request)) === texts,
      );
    if (same === undefined) return;
    throw new Refusal(
      409,
      'already-entered',
      `You have entered this request already, as ${same.request.number}.`,
    );
  };

  return {
    request(ask, by, nowMs) {
      if (ask.kind === 'other') {
        throw new Refusal(
          403,
          'not-law-enforcement',
          'Only requests from law enforcement and prosecuting agencies are handled here. The Records Maintenance and ' +
            'Release Policy governs all others (Civil Code 1798.90.55); pass this one to the Custodian of Records.',
        );
      }
      if (rules.written && ask.reference === '') {
        throw new Refusal(
          400,
          'not-written',
          'reference: the request must be in writing; say where it is filed.',
        );
      }
      const warnings = refuseDenied(ask);
      const { covers, ...rest } = ask;
      const { until = isoTime(nowMs + rules.endsAfterDays * dayMs) } = covers;
      if (Date.parse(until) <= nowMs) {
        throw new Refusal(400, 'end-past', 'until: the end of the approval is in the past.');
      }
      const asked: Cover = { ...covers, until };
      refuseSecond({ ...rest, asked }, by, nowMs);
      const remark = stateRemark(asked.plates);
      const entered = rows.enter(
        {
          ...rest,
          asked,
          granted: null,
          warnings: [...warnings, ...(remark === null ? [] : [remark])],
          earlier: null,
          state: 'requested',
          verified: null,
          decided: null,
          packages: [],
          requested: named(by, nowMs),
        },
        by,
      );
      return view(entered, nowMs);
    },
    verify(id, how, by, nowMs) {
      const verified = rows.change(id, (request) => {
        inState(request, ['requested'], 'verifying');
        return { ...request, state: 'verified', verified: { ...named(by, nowMs), how } };
      });
      return view(verified, nowMs);
    },
    approve({ id, why, valuesActConsidered, narrow }, by, nowMs) {
      const approved = rows.change(id, (request, row) => {
        inState(request, rules.verified ? ['verified'] : ['requested', 'verified'], 'approving');
        checkDecider(row, by);
        const warnings = refuseDenied(request);
        checkValuesAct({ ...request, warnings }, valuesActConsidered);
        const granted = grantOf(request, narrow, nowMs);
        const remark = stateRemark(granted.plates);
        const decided = { ...named(by, nowMs), role: by.role, why, valuesActConsidered };
        const told = [...warnings, ...(remark === null ? [] : [remark])];
        return { ...request, state: 'approved', warnings: told, granted, decided };
      });
      return view(approved, nowMs);
    },
    refuse({ id, why }, by, nowMs) {
      const refused = rows.change(id, (request, row) => {
        inState(request, ['requested', 'verified'], 'refusing');
        checkDecider(row, by);
        const decided = { ...named(by, nowMs), role: by.role, why, valuesActConsidered: false };
        return { ...request, state: 'refused', decided };
      });
      return view(refused, nowMs);
    },
    withdraw({ id, why }, by, nowMs) {
      const withdrawn = rows.change(id, (request) => {
        inState(request, ['approved'], 'withdrawing');
        checkRole(by);
        const decided = { ...named(by, nowMs), role: by.role, why, valuesActConsidered: false };
        return { ...request, state: 'refused', decided, earlier: request.decided };
      });
      return view(withdrawn, nowMs);
    },
    list: (nowMs, state) =>
      rows
        .all()
        .filter((request) => state === undefined || shownState(request) === state)
        .map((request) => view(request, nowMs)),
    waitingFor: (by) =>
      rules.approverRoles.includes(by.role)
        ? rows.undecided().filter(({ requested }) => requested.username !== by.username).length
        : 0,
    decisions: (sinceMs) =>
      rows.decidedSince(sinceMs).filter(({ request }) => {
        const { decided, requested } = request;
        return decided !== null && decided.username !== requested.username;
      }),
    idOf: rows.idOf,
    table: () => releaseLog(rows.all()),
    authorise: open,
    coveredOf(id, detections) {
      const { granted } = requestOf(rows.find(id));
      return granted === null ? [] : detections.filter((each) => isInside(each, granted));
    },
    fulfilled(id, { packageId, detections }, by, nowMs) {
      rows.change(id, () => {
        const request = open(id, detections, nowMs);
        const made = { id: packageId, at: isoTime(nowMs), by: by.name };
        return { ...request, packages: [...request.packages, made] };
      });
    },
    refuseFetch(id, packageId, nowMs) {
      const request = requestOf(rows.find(id));
      inState(request, ['approved'], 'a release');
      refuseDenied(request);
      const isOwn = request.packages.some((each) => each.id === packageId);
      if (standingOf(request, nowMs) === 'over' || !isOwn) refuseUnlessOpen(request, nowMs);
      if (!isOwn) {
        throw new Refusal(
          403,
          'release-not-covered',
          `This package was not released under request ${request.number}.`,
        );
      }
    },
  };
}

function named({ name, username }: Doer, nowMs: number) {
  return { name, username, at: isoTime(nowMs) };
}

function inState(
  request: ReleaseRequest,
  states: readonly ReleaseRequest['state'][],
  todo: string,
): void {
  if (states.includes(request.state)) return;
  const { number, earlier, decided, verified } = request;
  const shown = shownState(request);
  if (shown === 'withdrawn') {
    throw new Refusal(
      409,
      'release-withdrawn',
      `The approval of request ${number} was withdrawn ${localTime(decided?.at ?? '')} by ${decided?.name}: ${decided?.why}. Nothing is released under it; enter another request.`,
    );
  }
  const done = decided ?? verified;
  const doneWords = done === null ? '' : ` (${localTime(done.at)} by ${done.name})`;
  const again =
    earlier === null
      ? ''
      : ' Its approval is from before approvals said what they cover; it must be approved again.';
  throw new Refusal(
    409,
    'release-state',
    `Request ${number} is ${shown}${doneWords}; for ${todo} it must be ${states.join(' or ')}.${again}`,
  );
}

/** What is approved: what was asked for, or less; throws a Refusal if it is more, or nothing was named. */
function grantOf({ asked }: ReleaseRequest, narrow: NarrowInput, nowMs: number): Cover {
  const given = Object.fromEntries(
    Object.entries(narrow).filter(([, value]) => value !== undefined),
  ) as Partial<Cover>;
  const granted: Partial<Cover> = { plates: [], area: null, packages: 1, ...asked, ...given };
  const { plates = [], area = null, spans = [], packages = 1, until } = granted;
  if ((plates.length === 0 && area === null) || spans.length === 0 || until === undefined) {
    throw new Refusal(
      400,
      'cover-missing',
      'The request does not say in fields what it covers: name plates or an area, spans and an end with the approval.',
    );
  }
  const cover: Cover = { plates, area, spans, packages, until };
  const over = asked === null || !isNarrowed(narrow) ? [] : beyond(cover, asked);
  if (over.length > 0) {
    throw new Refusal(
      400,
      'cover-wider',
      `An approval may narrow what was asked for, and not widen it: ${over.join(', ')}. Asked for: ${coverWords(asked as Cover)}.`,
    );
  }
  if (Date.parse(until) <= nowMs) {
    throw new Refusal(400, 'end-past', 'until: the end of the approval is in the past.');
  }
  return cover;
}

function refuseUnlessOpen(request: ReleaseRequest, nowMs: number): void {
  const standing = standingOf(request, nowMs);
  if (standing === 'open') return;
  const { number, granted, packages } = request;
  const why =
    standing === 'over' && granted !== null
      ? `over since ${localTime(granted.until)}`
      : `used up by ${packages.length === 1 ? 'the package' : 'the packages'} of ${packages.map(({ at }) => localTime(at)).join(', ')}`;
  throw new Refusal(
    409,
    standing === 'over' ? 'release-over' : 'release-used-up',
    `Request ${number} is ${why}; it covered ${requestCoverWords(request)}. Enter another request.`,
  );
}

/** The rows of the requests, each with its number of the year. */
function createRows(db: Database) {
  const insert = db.prepare(
    'INSERT INTO release_request (id, number, state, requested_at_ms, entered_by, body) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const update = db.prepare('UPDATE release_request SET state = ?, body = ? WHERE id = ?');
  const one = db.prepare<[string], Row>(
    'SELECT id, entered_by AS enteredBy, body FROM release_request WHERE id = ?',
  );
  const idOf = db
    .prepare<[string, string], string>('SELECT id FROM release_request WHERE id = ? OR number = ?')
    .pluck();
  const all = db.prepare<[], Row>(
    'SELECT id, entered_by AS enteredBy, body FROM release_request ORDER BY requested_at_ms, id',
  );
  const undecided = db.prepare<[], Row>(
    `SELECT id, entered_by AS enteredBy, body FROM release_request WHERE state IN ('requested', 'verified')
     ORDER BY requested_at_ms, id`,
  );
  const decidedSince = db.prepare<[string], Row>(
    `SELECT id, entered_by AS enteredBy, body FROM release_request WHERE body ->> '$.decided.at' >= ?
     ORDER BY requested_at_ms, id`,
  );
  const highest = db
    .prepare<[string], number | null>(
      "SELECT max(CAST(substr(number, 6) AS INTEGER)) FROM release_request WHERE number LIKE ? || '-%'",
    )
    .pluck();
  const find = (reference: string): Row => {
    const row = one.get(idOf.get(reference, reference) ?? '');
    if (row !== undefined) return row;
    throw new Refusal(404, 'release-unknown', `There is no release request ${reference}.`);
  };
  const change = db.transaction(
    (id: string, next: (before: ReleaseRequest, row: Row) => ReleaseRequest): ReleaseRequest => {
      const row = find(id);
      const after = next(requestOf(row), row);
      update.run(after.state, JSON.stringify(after), row.id);
      return after;
    },
  );
  const enter = db.transaction(
    (body: Omit<ReleaseRequest, 'id' | 'number'>, by: Doer): ReleaseRequest => {
      const id = uuidv7();
      const { at } = body.requested;
      const year = at.slice(0, 4);
      const number = `${year}-${String((highest.get(year) ?? 0) + 1).padStart(4, '0')}`;
      const request: ReleaseRequest = { ...body, id, number };
      insert.run(id, number, body.state, Date.parse(at), by.account, JSON.stringify(request));
      return request;
    },
  );
  return {
    find,
    idOf: (reference: string): string | null => idOf.get(reference, reference) ?? null,
    all: (): ReleaseRequest[] => all.all().map(requestOf),
    allEntered: () => all.all().map(enteredOf),
    /** Those that wait for a decision. */
    undecided: (): ReleaseRequest[] => undecided.all().map(requestOf),
    decidedSince: (sinceMs: number) => decidedSince.all(isoTime(sinceMs)).map(enteredOf),
    enter: enter.immediate,
    change: change.immediate,
  };
}

const enteredOf = (row: Row) => ({ enteredBy: row.enteredBy, request: requestOf(row) });

function requestOf(row: Row): ReleaseRequest {
  return releaseRequestSchema.parse(JSON.parse(row.body));
}
