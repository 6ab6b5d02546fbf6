import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { AuditTrail } from '../gate/audit-trail.ts';
import { inputFault } from '../gate/input-fault.ts';
import { listSources } from '../gate/operation.ts';
import type { Role } from '../gate/permissions.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Policy } from '../policy/policy.ts';
import { newAccount } from './account.ts';
import { checkDays } from './account-days.ts';
import { entryAbout } from './account-entry.ts';
import type { Accounts } from './accounts.ts';
import type { FailedLogins } from './failed-logins.ts';
import {
  clientOf,
  type FirstAdministrator,
  firstAdministratorSchema,
  isRemote,
} from './login-api.ts';
import { oneTimeText, plainText } from './one-time-text.ts';
import type { PasswordFields } from './passwords.ts';
import type { PeopleDatabase } from './tables.ts';

/** Wrong codes allowed per minute. Guessing 40 bits at that rate takes hundreds of thousands of years. */
const maxTries = 5;
const windowMs = 60_000;
const name = 'first start';

/** Creates the first account of a unit. There is no default password, only a one-time code that the unit shows. */
export interface FirstStart {
  /** A new one-time code while no account exists, else null; it replaces the previous one. */
  newCode(): string | null;
  /** Makes the first administrator; throws a Refusal for a wrong code. */
  make(first: FirstAdministrator, from: string): Promise<{ username: string }>;
}

export function createFirstStart(deps: {
  people: PeopleDatabase;
  accounts: Accounts;
  failures: FailedLogins;
  /** Returns what to store; throws a Refusal if this password is not allowed for this person. */
  hashFor: (owner: { username: string; name: string }, password: string) => Promise<PasswordFields>;
  /** The account counts as it is, also where the unit knew another of this name. */
  accept: (username: string) => void;
  policy: Policy;
  now: Clock;
  trail: AuditTrail;
}): FirstStart {
  const { accounts, failures, now, trail } = deps;
  const { db, facts, key } = deps.people;
  const hashOf = (code: string) => key.hash(name, plainText(code));

  const check = (code: string, from: string): void => {
    if (isRemote(clientOf(from))) {
      throw new Refusal(403, 'not-here', 'The first account is made on the unit itself.');
    }
    if (!accounts.isEmpty()) {
      throw new Refusal(409, 'not-first', 'This unit already has accounts; log in instead.');
    }
    if (failures.count(name, windowMs) >= maxTries) {
      throw new Refusal(429, 'too-many-tries', 'Too many wrong codes. Wait a minute.');
    }
    const right = facts.read('firstStartCode');
    const entered = hashOf(code);
    if (
      right instanceof Uint8Array &&
      right.byteLength === entered.byteLength &&
      timingSafeEqual(right, entered)
    ) {
      return;
    }
    failures.add(name, windowMs);
    trail(
      entryAbout(null, {
        category: 'Account Change',
        operation: 'users.first',
        outcome: 'refused',
        from,
        note: 'wrong one-time code',
      }),
    );
    throw new Refusal(403, 'code-refused', 'This code is wrong, or a newer one has replaced it.');
  };

  return {
    newCode() {
      if (!accounts.isEmpty()) return null;
      const code = oneTimeText(2);
      facts.write('firstStartCode', hashOf(code));
      return code;
    },

    async make(first, from) {
      const parsed = firstAdministratorSchema.safeParse(first);
      if (!parsed.success) {
        throw inputFault(parsed.error);
      }
      const { code, password, ...person } = parsed.data;
      check(code, from);
      checkDays(person, now());
      const hashed = await deps.hashFor(person, password);
      db.transaction(() => {
        // Check again: someone else may have created the account while the password was hashed.
        check(code, from);
        accounts.insert({
          ...newAccount(
            {
              ...person,
              role: firstRole(deps.policy),
              requestedBy: 'first start, with the code that the unit showed',
              listSources: [...listSources],
            },
            { createdBy: name, nowMs: now() },
          ),
          state: 'active',
          ...hashed,
        });
        facts.write('firstStartCode', null);
        deps.accept(person.username);
        trail(
          entryAbout(null, {
            category: 'Account Change',
            operation: 'users.first',
            from,
            object: `account ${person.username}`,
            query: person,
            note: 'first administrator, created with the one-time code',
          }),
        );
      }).immediate();
      return { username: person.username };
    },
  };
}

/**
 * Role of the first account: the ALPR administrator if the profile lets them create and approve accounts, else the
 * first role that may do both (Barstow and Walnut Creek: the administrative commander).
 */
function firstRole({ accounts: { createRoles }, roles }: Policy): Role {
  const able = createRoles.filter((role) => roles[role]?.includes('accounts.approve'));
  const order: readonly Role[] = ['alpr_administrator', ...able, ...createRoles];
  return order.find((role) => able.includes(role)) ?? createRoles[0] ?? 'alpr_administrator';
}
