import type {
  HotPlate,
  LogEntry,
  ShownHotPlate,
} from '../../accountability/hotplates/hot-plate.ts';
import type { Reminder } from '../../accountability/hotplates/reminders.ts';
import type { HotCategory } from '../../config/hot-categories.ts';
import type { HotPlateRules } from './policy-rules.ts';
import { page } from './state.ts';
import { when } from './words.ts';

export const categoryNames: Record<HotCategory, string> = {
  stolen_vehicle: 'Stolen vehicle',
  stolen_plate: 'Stolen plate',
  felony_vehicle: 'Felony vehicle',
  wanted_person: 'Wanted person',
  warrant: 'Warrant',
  missing_person: 'Missing person',
  protection_order: 'Protection order',
  extreme_risk_protection_order: 'Extreme risk protection order',
  gang: 'Gang',
  threat_screening: 'Threat screening',
  supervised_release: 'Supervised release',
  sex_offender_registry: 'Sex offender registry',
  immigration_violator: 'Immigration violator',
  protective_interest: 'Protective interest',
  violent_person: 'Violent person',
  amber: 'AMBER Alert',
  bolo: 'Be on the lookout (BOLO)',
  local: 'Local interest',
  other: 'Other',
};

type Outcome = NonNullable<NonNullable<HotPlate['ended']>['outcome']>;

export const removalNames: Record<Outcome, string> = {
  recovered: 'Recovered',
  located: 'Located',
  arrest: 'Arrest',
  investigation_over: 'Investigation is over',
  entered_in_error: 'Entered in error',
  no_result: 'No result',
};

export const logNames: Record<LogEntry['kind'], string> = {
  entered: 'Entered',
  approved: 'Approved',
  refused: 'Refused',
  'change-asked': 'Change asked for',
  changed: 'Changed',
  'change-refused': 'Change refused',
  'renewal-asked': 'Renewal asked for',
  renewed: 'Renewed',
  expired: 'Expired',
  restored: 'Back on the list',
  taken: 'Taken from another unit',
  confirmed: 'Confirmed as still good',
  removed: 'Removed',
};

export const reminderNames: Record<Reminder['why'], string> = {
  old: 'On the list for long: still needed?',
  'no-outcome': 'Ended: with what outcome?',
  refresh: 'Stops alerting soon: still good?',
  lapsed: 'Does not alert: still good?',
};

/** "ALPR administrator", from `alpr_administrator`. */
export const roleWords = (role: string): string =>
  role
    .replaceAll('_', ' ')
    .replace(/^alpr\b/, 'ALPR')
    .replace(/^it\b/, 'IT');

/** How an entry stands, in words, and how good that is. */
export function standingOf(entry: ShownHotPlate): {
  words: string;
  mood: 'good' | 'doubt' | 'bad' | '';
} {
  const { state, pending, findings, lapsed } = entry;
  if (state === 'draft')
    return { words: 'Held back: its text must be looked through', mood: 'bad' };
  if (state === 'awaiting') return { words: 'Awaits approval', mood: 'doubt' };
  if (state === 'active' && lapsed)
    return { words: 'Does not alert: not confirmed in time', mood: 'bad' };
  if (state === 'active' && findings.some(({ kind }) => kind === 'untold')) {
    return { words: 'On file, alerts on nothing', mood: 'doubt' };
  }
  if (pending !== null)
    return { words: `Alerts; a ${pending.kind} awaits approval`, mood: 'doubt' };
  if (state === 'active') return { words: 'Alerts', mood: 'good' };
  return { words: { expired: 'Expired', removed: 'Removed', refused: 'Refused' }[state], mood: '' };
}

type Vehicle = NonNullable<HotPlate['content']>['vehicle'];

/** "blue 2019 Honda Accord, ladder on roof", of what is known of it; null for nothing. */
export function vehicleWords(vehicle: Partial<Vehicle> | undefined): string | null {
  const { colour, year, make, model, body, identifiers = [] } = vehicle ?? {};
  const words = [colour, year, make, model, body].filter((each) => each != null).join(' ');
  return [words, ...identifiers].filter((each) => each !== '').join(', ') || null;
}

/** What an entry looks for, in one line. */
export function soughtWords({ content }: HotPlate): string {
  if (content === null) return 'Removed';
  return content.plate ?? vehicleWords(content.vehicle) ?? 'By description';
}

/** When it ends, in the unit's zone. */
export const endWords = (expires: string | null | undefined): string =>
  expires == null ? 'No end' : when(Date.parse(expires));

/** Who approves what this person asks for, as the policy has it; null where nobody need or the policy is not known. */
export function approversWords(
  rules: HotPlateRules,
  kind: 'new' | 'change' | 'renewal',
  askedBy: { username: string; role: string },
): string | null {
  const { requiredFields, approveNew, approveChange, askFirst, inOrder, fourEyes } = rules;
  if (requiredFields?.includes('approvedBy') !== true) return null;
  const named = (kind === 'new' ? approveNew : approveChange) ?? [];
  const first = Object.entries(askFirst ?? {}).find(([role]) => role === askedBy.role)?.[1];
  const chain =
    kind === 'new' && first !== undefined
      ? [first, ...named.filter((role) => role !== first)]
      : named;
  const roles = chain.map(roleWords);
  const [one = '', ...others] = roles;
  const list = others.length === 0 ? one : `${roles.slice(0, -1).join(', ')} or ${roles.at(-1)}`;
  const order =
    inOrder === true && kind === 'new' && others.length > 0
      ? `; ${one} is asked first, and another notes why`
      : '';
  const isOwn = page.session?.username === askedBy.username;
  const never = isOwn ? ', not by you' : ', never by who asked for it';
  return `Approved by ${list}${fourEyes === true ? never : ''}${order}.`;
}
