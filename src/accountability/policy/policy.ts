import { z } from 'zod';
import { hotCategories } from '../../config/hot-categories.ts';
import { permissions, roles } from '../gate/permissions.ts';

const role = z.enum(roles);
const days = z.number().min(0);
const hours = z.number().min(0);

/** An expression that matches the whole of a text; throws if it is none. */
export function wholeExpression(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u');
}

function isExpression(text: string): boolean {
  try {
    return wholeExpression(text) instanceof RegExp;
  } catch {
    return false;
  }
}

/** How long one kind of data is kept; maxDays null: no maximum is set. */
const span = z.strictObject({
  minDays: days.describe('Not purged before this age'),
  maxDays: days.nullable().describe('Purged at this age unless held; null: no maximum'),
});

/** Fields that a hot plate may be required to have. */
export const hotPlateFields = [
  'state',
  'category',
  'reason',
  'synopsis',
  'caseNumber',
  'enteredBy',
  'approvedBy',
  'expires',
] as const;

/**
 * Everything that differs between agencies' policies. A profile is one such document; an agency's own values overlay it
 * (`policy.overrides` of the configuration).
 */
export const policySchema = z.strictObject({
  retention: z.strictObject({
    edgeStore: z
      .enum(['archive', 'transient'])
      .describe(
        'transient: data is deleted from the unit once headquarters has acknowledged it; a closed hit stays 12 hours, and one that may be evidence until a day after it was packed',
      ),
    reads: span,
    hits: span,
    images: span,
    sources: z
      .record(z.string(), z.strictObject({ reads: span, hits: span, images: span }).partial())
      .describe('By data source: the id of a head, or flock, mobile, fixed'),
    reviewEveryDays: days.nullable().describe('Reminder that retention is due for review'),
  }),
  inquiry: z.strictObject({
    required: z
      .enum(['case_and_reason', 'case_or_reason', 'none'])
      .describe(
        'What an inquiry must state besides its purpose, which Civil Code 1798.90.52 always requires',
      ),
    caseNumberPattern: z
      .string()
      .refine(isExpression, 'is not a regular expression (JavaScript, flag u)')
      .nullable()
      .describe(
        'Regular expression that a case, incident, CAD or report number must match; null: letters, digits, - and /, three digits at least',
      ),
    purposes: z.array(z.string().min(1)).min(1).describe('Purpose codes'),
  }),
  capture: z.strictObject({
    orderRoles: z
      .array(role)
      .min(1)
      .describe('Roles that enter a court order for capture in a suspended zone'),
  }),
  verification: z.strictObject({
    clets: z.enum(['required', 'required_unless_exigent', 'recommended']),
    occupantCheck: z
      .boolean()
      .describe(
        'For person-linked reasons, the officer must say whether the person is in the vehicle',
      ),
    documentedIn: z.boolean().describe('A disposition must name a report, a CAD number or notes'),
    pursuitText: z.string().min(1).describe('Shown on a validated alert'),
    ownAlerts: z
      .boolean()
      .describe(
        'Whoever is alerted by a list may look at its hits; false: only with the right to its source',
      ),
  }),
  hotplates: z.strictObject({
    requiredFields: z.array(z.enum(hotPlateFields)),
    approveNew: z.array(role).min(1).describe('Roles that approve a new entry, first choice first'),
    askFirst: z
      .partialRecord(role, role)
      .describe(
        'For entries by this role, the role of approveNew that is first choice, where it differs',
      ),
    inOrder: z
      .boolean()
      .describe(
        'The first choice is asked first, and whoever approves in their place notes why; false: any of them approves',
      ),
    approveChange: z.array(role).min(1).describe('Roles that approve a change or renewal'),
    fourEyes: z.boolean().describe('The approver must not be the person who entered it'),
    doubleEntry: z.boolean(),
    maxDays: days.nullable().describe('Longest time to expiry'),
    remindAfterDays: days.describe('Reminder to remove an entry whose investigation is over'),
    refreshHours: hours
      .nullable()
      .describe(
        'An entry stops alerting unless its member confirms it within this time; null: it need not be',
      ),
    alsoTell: z
      .array(role)
      .describe(
        'Roles told of each hit and disposition of an entry, beside the member who made it',
      ),
    partial: z.boolean(),
    descriptionOnly: z.boolean(),
    maxWildcards: z.int().min(0).describe('Wildcards, ? or *, in one entry'),
    lint: z.enum(['reject', 'quarantine', 'warn']).describe('Personal or CLETS text in an entry'),
  }),
  hotlist: z.strictObject({
    maxAgeH: hours.describe('Older lists are stale'),
    refreshH: hours.describe('Older lists are marked'),
    stale: z.enum(['refuse', 'flag']).describe('Whether a stale list still alerts'),
    deniedCategories: z.array(z.enum(hotCategories)),
  }),
  accounts: z.strictObject({
    createRoles: z.array(role).min(1),
    inactiveDays: days.describe('Deactivated after this long without a login'),
    lockoutFailures: z.int().min(1),
    lockoutWindowMin: z.number().min(1),
    sessionLockMin: z.number().min(1).describe('Locked after this long without use'),
    conveyanceExempt: z.boolean().describe('No lock for a device in a patrol vehicle (CJIS AC-11)'),
    pinUnlock: z
      .enum(['no', 'own-screen', 'anywhere'])
      .describe(
        'Whether a PIN that a person sets for one session unlocks it: not at all, on the screen of the unit itself, or also ' +
          'over a network',
      ),
    reloginH: hours.describe('A login lasts at most this long'),
    training: z.boolean().describe('No access without completed and current training'),
    clets: z.boolean().describe('Access to plates requires a current CLETS clearance'),
    secondFactor: z.enum(['optional', 'required']),
    maxOfflineDays: days.describe(
      'Access ends after this long without contact with headquarters; 0: never',
    ),
    passwordMinLength: z.int().min(8),
    banner: z.string().min(1).describe('Acknowledged at each login (CJIS AC-8)'),
  }),
  audit: z.strictObject({
    retentionMinDays: days,
    calendar: z
      .enum(['year', 'quarter'])
      .nullable()
      .describe('One audit in each calendar year or quarter; null: counted by intervalDays'),
    intervalDays: days.describe('Days between audits, where they are not counted by calendar'),
    sampleN: z.int().min(1),
    sampleWindowDays: days,
    reportEveryDays: days.nullable().describe('Days between reports to the chief'),
  }),
  releases: z.strictObject({
    approverRoles: z.array(role).min(1),
    written: z.boolean(),
    valuesAct: z
      .string()
      .min(1)
      .nullable()
      .describe(
        'Section by which the approver considers the California Values Act; null: none asks for it',
      ),
    endsAfterDays: z
      .number()
      .min(1)
      .describe('Days from the request to the end of its approval, where the request names no end'),
    verified: z.boolean().describe('The agency must be verified as law enforcement or prosecution'),
    deniedPurposes: z.array(z.string()).describe('Further purposes that the agency bars'),
    deniedAgencies: z.array(z.string()).describe('Further agencies that the agency bars'),
  }),
  immigration: z.strictObject({
    forbiddenBy: z
      .string()
      .min(1)
      .nullable()
      .describe(
        'Section that forbids any use for federal immigration enforcement; null: none does, and no text is judged',
      ),
  }),
  storage: z.strictObject({
    encryption: z
      .enum(['required', 'recommended'])
      .describe(
        'required: headquarters does not start with its data folder on a disk that is not encrypted, and doctor fails; recommended: doctor warns',
      ),
  }),
  roles: z.partialRecord(role, z.array(z.enum(permissions))),
});

/** The policy in force. */
export type Policy = z.infer<typeof policySchema>;
