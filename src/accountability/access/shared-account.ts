import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../audit/canonical-json.ts';
import { listSources } from '../gate/operation.ts';
import { roles } from '../gate/permissions.ts';
import { accountStates } from './account.ts';
import { daySchema, usernameSchema } from './login-api.ts';

const revision = z.int().min(1).describe('Higher with each change of this part');

/**
 * An account as all units of an agency know it. Its parts have revisions of their own, so that a password that is changed
 * on one unit and a role on another both hold. A username names one person in the whole agency.
 */
export const sharedAccountSchema = z.strictObject({
  id: z.uuid().describe('Of the account where it was made'),
  username: usernameSchema,
  requestedBy: z.string(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  standing: z.strictObject({
    revision,
    state: z.enum(accountStates),
    since: z.iso.datetime(),
    reason: z.string().nullable(),
    approvedBy: z.string().nullable(),
    approvedAt: z.iso.datetime().nullable(),
  }),
  rights: z.strictObject({
    revision,
    name: z.string(),
    role: z.enum(roles),
    organisation: z.string(),
    trainingCourse: z.string().nullable(),
    trainingCompletedOn: daySchema.nullable(),
    trainingExpiresOn: daySchema.nullable(),
    retraining: z.string().nullable(),
    cletsUntil: daySchema.nullable(),
    listSources: z.array(z.enum(listSources)),
  }),
  secrets: z.strictObject({
    revision,
    sealed: z
      .base64()
      .nullable()
      .describe(
        "Hash of the password, until when it is a temporary one, and the second factor, sealed by the agency's secret (AES-256-GCM), which headquarters does not have; null: they stay on their unit",
      ),
  }),
  lastUsedOn: z.iso.date().nullable().describe('Day of the last login on any unit, in UTC'),
});
export type SharedAccount = z.infer<typeof sharedAccountSchema>;

/** What `secrets.sealed` holds. */
export const accountSecretsSchema = z.strictObject({
  /** The hash before it is bound to a unit; null if the account has no password. */
  password: z.string().nullable(),
  passwordTemporaryUntilMs: z.number().nullable(),
  /** Base64; null unless its owner has confirmed it. */
  secondFactor: z.base64().nullable(),
});
export type AccountSecrets = z.infer<typeof accountSecretsSchema>;

const stateRank = { pending: 0, active: 1, deactivated: 2, closed: 3 } as const;

/**
 * Joins two states of one account, to the same result on each unit and at headquarters, in whatever order they arrive. Of
 * each part the higher revision counts; but a closed account stays closed, whatever was decided later elsewhere, since it
 * never opens again. At one revision the stricter state counts, and else any, but everywhere the same.
 */
export function joinAccounts(one: SharedAccount, other: SharedAccount): SharedAccount {
  const origins = [one, other].map(({ id, username, requestedBy, createdBy, createdAt }) => ({
    id,
    username,
    requestedBy,
    createdBy,
    createdAt,
  })) as [Origin, Origin];
  const [first, second] = origins;
  const isFirst =
    first.createdAt === second.createdAt
      ? canonicalJson(first) <= canonicalJson(second)
      : first.createdAt < second.createdAt;
  const standing = later(one.standing, other.standing, ({ state, revision: number }) => [
    state === 'closed' ? 1 : 0,
    number,
    stateRank[state],
  ]);
  const secrets = later(one.secrets, other.secrets, ({ sealed, revision: number }) => [
    number,
    sealed === null ? 0 : 1,
  ]);
  return {
    ...(isFirst ? first : second),
    standing,
    rights: later(one.rights, other.rights, ({ revision: number }) => [number]),
    // Nobody logs in to a closed account: headquarters and the broker need not keep its secrets.
    secrets: standing.state === 'closed' ? { ...secrets, sealed: null } : secrets,
    lastUsedOn:
      (one.lastUsedOn ?? '') > (other.lastUsedOn ?? '') ? one.lastUsedOn : other.lastUsedOn,
  };
}

type Origin = Pick<SharedAccount, 'id' | 'username' | 'requestedBy' | 'createdBy' | 'createdAt'>;

function later<Part>(one: Part, other: Part, weigh: (part: Part) => number[]): Part {
  const [mine, theirs] = [weigh(one), weigh(other)];
  for (const [at, weight] of mine.entries()) {
    const difference = weight - (theirs[at] ?? 0);
    if (difference !== 0) return difference > 0 ? one : other;
  }
  return canonicalJson(one) >= canonicalJson(other) ? one : other;
}

/** Whether two states of an account are the same. */
export function isSameAccount(one: SharedAccount, other: SharedAccount): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

/**
 * The id under which headquarters publishes an account: made of its username, which is unique in the agency, and names
 * nobody in a topic.
 */
export function accountKey(username: string): string {
  const hex = createHash('sha256').update(`account\0${username}`).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
  ];
  return [...parts, hex.slice(20, 32)].join('-');
}
