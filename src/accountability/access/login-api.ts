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

/** A login as typed. The use notice must be acknowledged each time (CJIS AC-8). */
export const loginSchema = z.strictObject({
  username: z.string().min(1).max(200),
  password: z.string().min(1).max(1024),
  secondFactor: z.string().max(16).optional(),
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

/** Unlocks a session that was locked because it was not used: by the password, or by the PIN of this session. */
export const unlockSchema = z.union([
  z.strictObject({ password: passwordSchema }),
  z.strictObject({ pin: pinSchema }),
]);
export type Unlock = z.infer<typeof unlockSchema>;

/** Starts a new period of a session that is about to end, as a login does. */
export const renewSchema = z.strictObject({
  password: passwordSchema,
  secondFactor: z.string().max(16).optional(),
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
  /** Whether a second factor is enrolled. */
  secondFactor: boolean;
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
