import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import { wholeDay } from '../gate/input-fields.ts';
import type { ListSource } from '../gate/operation.ts';
import type { Policy } from '../policy/policy.ts';

/**
 * Kind of client that a session belongs to; a token of one kind is refused from another. Those over HTTPS are on other
 * computers; a certified one has shown a client certificate that the unit trusts.
 */
const clientKinds = ['page', 'command line', 'https page', 'certified https page'] as const;
export type ClientKind = (typeof clientKinds)[number];

/** The kind of client that a request is from, by the words in front of its `from`; null for the unit itself and the like. */
export function clientOf(from: string): ClientKind | null {
  return clientKinds.find((kind) => from.startsWith(`${kind} `)) ?? null;
}

/** Whether a client is on another computer, where nothing holds that only the unit's own screen and terminals can promise. */
export function isRemote(client: ClientKind | null): boolean {
  return client === 'https page' || client === 'certified https page';
}

/** The answer of a security key, as a browser gives it; `passkey-desk.ts` verifies it. */
export const keyAnswerSchema = z
  .looseObject({ id: z.string().max(1024), response: z.record(z.string(), z.unknown()) })
  .transform((answer) => answer as unknown as AuthenticationResponseJSON);

/** A key that a browser made, and what its owner calls it. The password where the login is not fresh. */
export const newKeySchema = z.strictObject({
  name: z.string().trim().min(1).max(60),
  password: z.string().min(1).max(1024).optional(),
  made: z
    .looseObject({ id: z.string().max(1024), response: z.record(z.string(), z.unknown()) })
    .transform((made) => made as unknown as RegistrationResponseJSON),
});
export type NewKey = z.infer<typeof newKeySchema>;

/** For what a security key is asked in a session that goes on. */
export const keyUseSchema = z.strictObject({ use: z.enum(['unlock', 'renew']) });
export type KeyUse = z.infer<typeof keyUseSchema>['use'];

/** For a login that asks a security key: the question is for who knows the password. */
export const keyLoginSchema = z.strictObject({
  username: z.string().min(1).max(200),
  password: z.string().min(1).max(1024),
});

/** A login as typed. The use notice must be acknowledged each time (CJIS AC-8). */
export const loginSchema = z.strictObject({
  username: z.string().min(1).max(200),
  password: z.string().min(1).max(1024),
  secondFactor: z.string().max(16).optional(),
  /** The answer of a security key, in the place of the code. */
  key: keyAnswerSchema.optional(),
  noticeAcknowledged: z.boolean(),
});
export type Login = z.infer<typeof loginSchema>;

/** A day in this unit's time zone. */
export const daySchema = z.iso.date().describe('A day, such as 2027-01-31');

/** Training completed before access (USR-2): which course, when, and until when it holds. */
export const trainingSchema = z.strictObject({
  course: z.string().trim().min(1).max(120),
  completedOn: wholeDay,
  expiresOn: wholeDay.nullable().default(null),
});
export type Training = z.infer<typeof trainingSchema>;

/** A person's password: length and blocklist are checked when it is set. */
export const passwordSchema = z.string().min(1).max(1024);

/** A name to log in by; capitals make no difference. */
export const usernameSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._-]{1,63}$/, 'use 2 to 64 of a-z, 0-9 and . _ -');

/** The first administrator, with the one-time code that the unit showed. */
export const firstAdministratorSchema = z.strictObject({
  code: z.string().min(1).max(32),
  username: usernameSchema,
  name: z.string().trim().min(1).max(120),
  organisation: z.string().trim().min(1).max(120),
  training: trainingSchema.nullable().default(null),
  cletsUntil: wholeDay.nullable().default(null),
  password: passwordSchema,
});
export type FirstAdministrator = z.input<typeof firstAdministratorSchema>;

/** Whether a session can be unlocked by a PIN; `not-allowed`: the policy has none, or not from there. */
export type PinState = 'not-allowed' | 'unset' | 'set';

/** A PIN as typed; `pin-rules.ts` judges one that is set. */
export const pinSchema = z.string().min(1).max(64);

/** Unlocks a session that was locked because it was not used: by the password, by the PIN of this session, or by a security key. */
export const unlockSchema = z.union([
  z.strictObject({ password: passwordSchema }),
  z.strictObject({ pin: pinSchema }),
  z.strictObject({ key: keyAnswerSchema }),
]);
export type Unlock = z.infer<typeof unlockSchema>;

/** Starts a new period of a session that is about to end, as a login does. */
export const renewSchema = z.strictObject({
  password: passwordSchema,
  secondFactor: z.string().max(16).optional(),
  key: keyAnswerSchema.optional(),
});
export type Renewal = z.infer<typeof renewSchema>;

/** What the login page may show before anyone has logged in. */
export interface LoginForm {
  agency: string;
  unit: string;
  /** The use notice of the profile. */
  notice: string;
  /** No account exists yet: on the unit itself, the one-time code makes the first administrator. */
  firstStart: boolean;
}

/** What a person may know of their own session. */
export interface SessionView {
  username: string;
  name: string;
  role: string;
  organisation: string;
  permissions: string[];
  /** Sources of the lists that they may browse, besides the agency's own hot plates. */
  listSources: ListSource[];
  locked: boolean;
  /** What the person must do first; null if nothing. */
  must: 'change-password' | 'enrol-second-factor' | null;
  /** Why the person may do less than their role allows, for example expired training. */
  restrictions: string[];
  /** Whether an authenticator app is enrolled. */
  secondFactor: boolean;
  /** How many recovery codes of theirs are good on this unit. */
  recoveryCodes: number;
  /** How many security keys of theirs this unit knows. */
  keys: number;
  /** Whether a PIN unlocks this session where it is used. */
  pin: PinState;
  /** ISO times. */
  loggedInAt: string;
  endsAt: string;
  /** Before this login, on this unit. */
  lastLoginAt: string | null;
  /** UTC day of a later login on another unit, of which only the day is known; null if there was none. */
  lastLoginElsewhereOn: string | null;
  /** The end of this session, ms since the epoch by the unit's clock. */
  endsAtMs: number;
  /** How long the session may be unused before it locks itself, s; null where it does not. */
  lockAfterS: number | null;
  /** Purpose codes of the policy in force. */
  purposes: string[];
  /** What an inquiry must state besides its purpose. */
  inquiryAsks: Policy['inquiry']['required'];
  /** The form of each number that a person gives, as a regular expression that all of it must match (flag u). */
  numbers: { case: string; incident: string; cad: string; report: string };
}

/** A new session. The token is shown once; the unit keeps only its hash. */
export interface SignedIn {
  token: string;
  session: SessionView;
}

/** Login and session requests of one kind of client: the unit's own process, or the local API of a running daemon. */
export interface LoginApi {
  form(): Promise<LoginForm>;
  login(login: Login): Promise<SignedIn>;
  /** Makes the first account of a unit and answers with its name. */
  makeFirstAdministrator(first: FirstAdministrator): Promise<{ username: string }>;
  logout(token: string): Promise<void>;
  unlock(token: string, password: string): Promise<SessionView>;
  /** The session of a token, even while it is locked. */
  session(token: string): Promise<SessionView>;
}
