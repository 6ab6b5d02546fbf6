import { uuidv7 } from 'uuidv7';
import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import { localTime } from '../../platform/local-time.ts';
import type { Table } from '../../platform/table-file.ts';
import { barImmigration } from '../gate/bar-immigration.ts';
import type { Actor } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import { denialOf } from './denied.ts';
import { type ReleaseAsk, type ReleaseRequest, releaseRequestSchema } from './release-request.ts';

/** A person who acts on a request. */
type Doer = Pick<Actor, 'account' | 'name' | 'username' | 'role'>;

type Texts = Pick<ReleaseAsk, 'agency' | 'purpose' | 'person' | 'data'>;

interface Row {
  id: string;
  enteredBy: string;
  body: string;
}

/** Requests of other agencies for data (REL-1 to REL-5). */
export interface Releases {
  request(ask: ReleaseAsk, by: Doer, nowMs: number): ReleaseRequest;
  verify(id: string, how: string, by: Doer, nowMs: number): ReleaseRequest;
  decide(
    decision: { id: string; approve: boolean; why: string },
    by: Doer,
    nowMs: number,
  ): ReleaseRequest;
  list(state?: ReleaseRequest['state']): ReleaseRequest[];
  /** The log on file (A 429.5). */
  table(): Table;
  /** The approved request under which an export is made; throws a Refusal if there is none (REL-2). */
  authorise(id: string): ReleaseRequest;
  /** Records a package released under a request. */
  fulfilled(id: string, packageId: string, by: Doer, nowMs: number): void;
}

/** Opens the requests on `lookout.db`. */
export function createReleases(deps: { db: Database; policy: Policy }): Releases {
  const { db } = deps;
  const { releases: rules } = deps.policy;
  const insert = db.prepare(
    'INSERT INTO release_request (id, number, state, requested_at_ms, entered_by, body) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const update = db.prepare('UPDATE release_request SET state = ?, body = ? WHERE id = ?');
  const one = db.prepare<[string], Row>(
    'SELECT id, entered_by AS enteredBy, body FROM release_request WHERE id = ?',
  );
  const all = db.prepare<[], Row>(
    'SELECT id, entered_by AS enteredBy, body FROM release_request ORDER BY requested_at_ms, id',
  );
  const highest = db
    .prepare<[string], number | null>(
      "SELECT max(CAST(substr(number, 6) AS INTEGER)) FROM release_request WHERE number LIKE ? || '-%'",
    )
    .pluck();

  const rowOf = (id: string): Row => {
    const row = one.get(id);
    if (row !== undefined) return row;
    throw new Refusal(404, 'release-unknown', `There is no release request ${id}.`);
  };
  /** What an approver should look at; throws a Refusal if it is for immigration enforcement. */
  const warningsOn = ({ agency, person, purpose, data }: Texts): string[] =>
    barImmigration(deps.policy.immigration, [
      { field: 'the agency', text: agency, kind: 'agency' },
      { field: 'the person', text: person, kind: 'agency' },
      { field: 'the purpose', text: purpose },
      { field: 'the data', text: data },
    ]);
  const refuseDenied = (ask: Texts): void => {
    const { agency, person, purpose, data } = ask;
    warningsOn({ agency, person, purpose, data });
    const denial = denialOf(
      { agency: `${agency} ${person}`, purpose: `${purpose} ${data}` },
      rules,
    );
    if (denial !== null) throw new Refusal(403, 'release-denied', `Not released: ${denial}.`);
  };
  const change = db.transaction(
    (id: string, next: (before: ReleaseRequest, row: Row) => ReleaseRequest): ReleaseRequest => {
      const row = rowOf(id);
      const after = next(requestOf(row), row);
      update.run(after.state, JSON.stringify(after), id);
      return after;
    },
  );
  const inState = (
    request: ReleaseRequest,
    states: readonly ReleaseRequest['state'][],
    todo: string,
  ): void => {
    if (states.includes(request.state)) return;
    throw new Refusal(
      409,
      'release-state',
      `Request ${request.number} is ${request.state}; for ${todo} it must be ${states.join(' or ')}.`,
    );
  };
  const nameOf = ({ name, username }: Doer, nowMs: number) => ({
    name,
    username,
    at: isoTime(nowMs),
  });

  const enter = db.transaction((ask: ReleaseAsk, by: Doer, nowMs: number): ReleaseRequest => {
    const id = uuidv7();
    const year = isoTime(nowMs).slice(0, 4);
    const number = `${year}-${String((highest.get(year) ?? 0) + 1).padStart(4, '0')}`;
    const request: ReleaseRequest = {
      ...ask,
      id,
      number,
      state: 'requested',
      verified: null,
      decided: null,
      packages: [],
      requested: nameOf(by, nowMs),
    };
    insert.run(id, number, 'requested', Math.floor(nowMs), by.account, JSON.stringify(request));
    return request;
  });

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
      refuseDenied(ask);
      return enter.immediate(ask, by, nowMs);
    },
    verify: (id, how, by, nowMs) =>
      change.immediate(id, (request) => {
        inState(request, ['requested'], 'verifying');
        return { ...request, state: 'verified', verified: { ...nameOf(by, nowMs), how } };
      }),
    decide: ({ id, approve, why }, by, nowMs) =>
      change.immediate(id, (request, row) => {
        const may =
          rules.verified && approve
            ? (['verified'] as const)
            : (['requested', 'verified'] as const);
        inState(request, may, approve ? 'approving' : 'refusing');
        if (!rules.approverRoles.includes(by.role)) {
          throw new Refusal(
            403,
            'not-approver',
            `Your role (${by.role}) may not decide on releases; these may: ${rules.approverRoles.join(', ')}.`,
          );
        }
        if (row.enteredBy === by.account) {
          throw new Refusal(
            403,
            'own-request',
            'Someone other than the person who entered the request must decide it.',
          );
        }
        if (approve) refuseDenied(request);
        const decided = { ...nameOf(by, nowMs), role: by.role, why };
        return { ...request, state: approve ? 'approved' : 'refused', decided };
      }),
    list: (state) =>
      all
        .all()
        .map(requestOf)
        .filter((request) => state === undefined || request.state === state),
    table: () => tableOf(all.all().map(requestOf)),
    authorise(id) {
      const request = requestOf(rowOf(id));
      inState(request, ['approved'], 'a release');
      // The policy may have changed since the approval.
      refuseDenied(request);
      return request;
    },
    fulfilled(id, packageId, by, nowMs) {
      change.immediate(id, (request) => ({
        ...request,
        packages: [...request.packages, { id: packageId, at: isoTime(nowMs), by: by.name }],
      }));
    },
  };
}

function requestOf(row: Row): ReleaseRequest {
  return releaseRequestSchema.parse(JSON.parse(row.body));
}

function tableOf(requests: readonly ReleaseRequest[]): Table {
  const header = [
    ...['number', 'state', 'agency', 'kind', 'person', 'purpose', 'data', 'reference'],
    ...['requested at', 'entered by', 'verified at', 'verified by', 'how'],
    ...['decided at', 'decided by', 'role', 'why', 'packages', 'id'],
  ];
  const rows = requests.map((each) => {
    const { requested, verified, decided } = each;
    return [
      ...[each.number, each.state, each.agency, each.kind, each.person, each.purpose, each.data],
      ...[each.reference, localTime(requested.at), requested.name],
      ...[verified && localTime(verified.at), verified?.name, verified?.how],
      ...[decided && localTime(decided.at), decided?.name, decided?.role, decided?.why],
      ...[each.packages.map(({ id }) => id).join(' '), each.id],
    ];
  });
  return { header, rows };
}
