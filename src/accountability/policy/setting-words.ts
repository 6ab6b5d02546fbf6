import { type Role, roleWords } from '../gate/permissions.ts';
import type { ExplainedValue } from './explain-policy.ts';
import type { Policy } from './policy.ts';

/** A setting for people who never saw its name: what it is called, and what its value means and leads to. */
interface Said<Value> {
  title: string;
  says(value: Value): string;
}

type Span = Policy['retention']['reads'];
type SaidOf<Values> = { [Name in keyof Values]-?: Said<Values[Name]> };

/** "30 days", "1 day" */
const days = (count: number): string => counted(count, 'day');
const hours = (count: number): string => counted(count, 'hour');
const minutes = (count: number): string => counted(count, 'minute');

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** "the chief", "the chief or the ALPR administrator" */
function rolesOf(roles: readonly Role[], word: 'or' | 'and' = 'or'): string {
  return listed(
    roles.map((role) => `the ${roleWords(role)}`),
    word,
  );
}

/** "a, b or c"; "nothing more" for none. */
function listed(items: readonly string[], word: 'or' | 'and'): string {
  if (items.length === 0) return 'nothing more';
  return items.length === 1
    ? (items[0] ?? '')
    : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`;
}

const plain = (code: string): string => code.replaceAll('_', ' ');

function span(what: string, subject: string): SaidOf<Span> {
  return {
    minDays: {
      title: `Shortest time for ${what}`,
      says: (least) =>
        least === 0
          ? `There is no shortest time: ${subject} may be deleted as soon as the rules below say so.`
          : `${capital(subject)} are kept for at least ${days(least)}; nobody can have them deleted before.`,
    },
    maxDays: {
      title: `Longest time for ${what}`,
      says: (most) =>
        most === null
          ? `No longest time is set: ${subject} are not deleted for their age, and the records schedule decides.`
          : `${capital(subject)} are kept for at most ${days(most)}. Then the unit deletes them by itself, unless they are held for a case.`,
    },
  };
}

/** Every setting of a policy but `roles` and the sources of data, which have a row for each name that an agency gives. */
const settings: {
  [Section in Exclude<keyof Policy, 'roles' | 'retention'>]: SaidOf<Policy[Section]>;
} & {
  retention: Omit<SaidOf<Policy['retention']>, 'reads' | 'hits' | 'images'> &
    Record<'reads' | 'hits' | 'images', SaidOf<Span>>;
} = {
  retention: {
    edgeStore: {
      title: 'What stays in the car or on the pole',
      says: (store) =>
        store === 'transient'
          ? 'Data leaves the unit: what headquarters has received is deleted here. A closed alert stays 12 hours, and what may be evidence until a day after it was packed.'
          : 'Data stays on the unit until its time is over, also after headquarters has received it.',
    },
    reads: span('plates that were read', 'plates that were read'),
    hits: span('alerts', 'alerts and what became of them'),
    images: span('pictures', 'pictures'),
    sources: {
      title: 'Other times for some cameras or vendors',
      says: (sources) =>
        Object.keys(sources).length === 0
          ? 'None: the same times hold for every camera and every vendor.'
          : `Other times hold for ${listed(Object.keys(sources), 'and')}.`,
    },
    reviewEveryDays: {
      title: 'Review of these times',
      says: (every) =>
        every === null
          ? 'Nobody is reminded to review how long data is kept.'
          : `Every ${days(every)} the unit reminds those in charge to review how long data is kept.`,
    },
  },
  inquiry: {
    required: {
      title: 'What a person must state before a look',
      says: (required) =>
        ({
          case_and_reason:
            'A purpose, a case or incident number, and a reason in words. Without all three nothing is shown.',
          case_or_reason:
            'A purpose, and a case or incident number or a reason in words. Without these nothing is shown.',
          none: 'A purpose alone. Without it nothing is shown.',
        })[required],
    },
    caseNumberPattern: {
      title: 'How a case number is written',
      says: (pattern) =>
        pattern === null
          ? 'With letters, digits, hyphens and strokes, and three digits at least. Anything else is not taken as a number.'
          : `As this agency writes its numbers (${pattern}). Anything else is not taken as a number.`,
    },
    purposes: {
      title: 'Purposes for which data may be looked at',
      says: (purposes) =>
        `${capital(listed(purposes.map(plain), 'or'))}. A look for any other purpose is refused.`,
    },
  },
  capture: {
    orderRoles: {
      title: 'Who enters a court order',
      says: (roles) =>
        `Where no plate may be read, a court order can allow it. Only ${rolesOf(roles)} can enter one.`,
    },
  },
  verification: {
    clets: {
      title: 'Confirmation by dispatch before a stop',
      says: (clets) =>
        ({
          required:
            'Always required: no stop is recorded before dispatch, or CLETS (the state’s police network), has confirmed that the plate is still wanted.',
          required_unless_exigent:
            'Required, except in an emergency that the officer declares in words: dispatch, or CLETS (the state’s police network), must confirm that the plate is still wanted.',
          recommended:
            'Recommended: a stop can be recorded before dispatch, or CLETS (the state’s police network), has confirmed that the plate is still wanted.',
        })[clets],
    },
    occupantCheck: {
      title: 'Whether the person sought is in the vehicle',
      says: (isAsked) =>
        isAsked
          ? 'Where an alert is for a person and not for the vehicle, the officer must say whether that person is in it before a stop is recorded.'
          : 'The officer is not asked whether the person sought is in the vehicle.',
    },
    documentedIn: {
      title: 'Where a closed alert is written down',
      says: (must) =>
        must
          ? 'An alert can only be closed with a report number, a dispatch number, or notes.'
          : 'An alert can be closed without a number and without notes.',
    },
    pursuitText: {
      title: 'What the officer reads on a verified alert',
      says: (text) => `“${text}”`,
    },
    ownAlerts: {
      title: 'Looking at one’s own alerts',
      says: (may) =>
        may
          ? 'Whoever is alerted may look at that alert, whosever list it came from.'
          : 'Whoever is alerted may look at that alert only with a right to the list that it came from.',
    },
  },
  hotplates: {
    requiredFields: {
      title: 'What an entry must say',
      says: (fields) =>
        `A plate to be alerted on must be entered with ${listed(
          fields.map((field) => hotPlateFieldNames[field]),
          'and',
        )}.${fields.includes('state') ? ' Of a part of a plate the state need not be known.' : ''}`,
    },
    approveNew: {
      title: 'Who approves a new entry',
      says: (roles) =>
        `${capital(rolesOf(roles))}. The entry alerts on nothing before it is approved.`,
    },
    askFirst: {
      title: 'Who is asked first',
      says: (asked) => {
        const pairs = Object.entries(asked);
        if (pairs.length === 0) return 'No role’s entries have a first choice of their own.';
        return `${pairs.map(([by, first]) => `For an entry by the ${roleWords(by)}, the ${roleWords(first ?? '')} is asked first`).join('. ')}.`;
      },
    },
    inOrder: {
      title: 'Whether one of them is asked before the others',
      says: (must) =>
        must
          ? 'The first named is asked first. Whoever approves in their place notes why.'
          : 'No: any of them may approve, and need not say why it is they.',
    },
    approveChange: {
      title: 'Who approves a change or a longer time',
      says: (roles) => `${capital(rolesOf(roles))}. Until then the entry stays as it was.`,
    },
    fourEyes: {
      title: 'Approval by somebody else',
      says: (must) =>
        must
          ? 'Nobody approves an entry of their own.'
          : 'Somebody who may approve entries may approve their own.',
    },
    doubleEntry: {
      title: 'The plate is typed twice',
      says: (must) =>
        must
          ? 'Whoever enters a plate types it twice, so that a slip does not alert on another vehicle.'
          : 'The plate is typed once.',
    },
    maxDays: {
      title: 'Longest time of an entry',
      says: (most) =>
        most === null
          ? 'An entry may stay without an end.'
          : `An entry ends after ${days(most)} at the latest. It must be renewed to go on.`,
    },
    remindAfterDays: {
      title: 'Reminder to remove an entry',
      says: (after) =>
        `After ${days(after)} whoever entered a plate is asked whether it is still needed.`,
    },
    refreshHours: {
      title: 'Entries must be confirmed',
      says: (every) =>
        every === null
          ? 'An entry need not be confirmed again.'
          : `An entry stops alerting unless the member who made it confirms it every ${hours(every)}.`,
    },
    alsoTell: {
      title: 'Who else is told of an alert on an entry',
      says: (roles) =>
        roles.length === 0
          ? 'Only the member who made the entry is told of its alerts and of what became of them.'
          : `Of its alerts, and of what became of them, these are told beside the member who made the entry: ${rolesOf(roles, 'and')}.`,
    },
    partial: {
      title: 'Parts of a plate',
      says: (may) =>
        may
          ? 'A plate of which only some characters are known may be entered.'
          : 'Only whole plates may be entered.',
    },
    descriptionOnly: {
      title: 'Descriptions without a plate',
      says: (may) =>
        may
          ? 'A vehicle may be entered by its description alone. It is kept on file; no camera tells make, model or colour, so it alerts on nothing.'
          : 'A vehicle cannot be entered by its description alone.',
    },
    maxWildcards: {
      title: 'Unknown characters in one plate',
      says: (most) =>
        most === 0
          ? 'Every character must be known.'
          : `At most ${counted(most, 'character')} may be unknown. More would alert on too many vehicles.`,
    },
    lint: {
      title: 'Names and personal data in an entry',
      says: (what) =>
        ({
          reject:
            'Refused: an entry that seems to name a person, an address or data of CLETS (the state’s police network) cannot be made.',
          quarantine:
            'Held back: an entry that seems to name a person, an address or data of CLETS (the state’s police network) waits until somebody has looked through its words.',
          warn: 'Warned: whoever enters a plate is told that the words seem to name a person, an address or data of CLETS (the state’s police network).',
        })[what],
    },
  },
  hotlist: {
    maxAgeH: {
      title: 'When a hot list is too old',
      says: (most) =>
        `After ${hours(most)} a hot list counts as too old; the next rule says what follows.`,
    },
    refreshH: {
      title: 'When the age of a hot list is marked',
      says: (every) =>
        `A hot list should come new every ${hours(every)}. An older one is marked wherever it alerts.`,
    },
    stale: {
      title: 'Alerts of a hot list that is too old',
      says: (what) =>
        what === 'refuse'
          ? 'It does not alert any more until a new one has come.'
          : 'It still alerts, and each alert says how old the list is.',
    },
    deniedCategories: {
      title: 'What never alerts',
      says: (categories) =>
        categories.length === 0
          ? 'Nothing is left out of the hot lists.'
          : `Entries of these sorts are never taken from a list: ${listed(categories.map(plain), 'and')}.`,
    },
  },
  accounts: {
    createRoles: {
      title: 'Who makes accounts',
      says: (roles) => `Only ${rolesOf(roles)} can make an account.`,
    },
    inactiveDays: {
      title: 'Accounts that nobody uses',
      says: (after) =>
        `After ${days(after)} without a login an account is switched off. An administrator must switch it on again.`,
    },
    lockoutFailures: {
      title: 'Wrong passwords',
      says: (times) =>
        `After ${counted(times, 'wrong password')} an account is locked, until an administrator releases it.`,
    },
    lockoutWindowMin: {
      title: 'Time in which wrong passwords count',
      says: (within) => `Wrong passwords within ${minutes(within)} count together.`,
    },
    sessionLockMin: {
      title: 'The screen locks by itself',
      says: (after) =>
        `After ${minutes(after)} without use the screen is locked and must be unlocked.`,
    },
    conveyanceExempt: {
      title: 'The screen of a patrol car',
      says: (isExempt) =>
        isExempt
          ? 'In a patrol car the screen does not lock by itself.'
          : 'In a patrol car the screen locks like any other.',
    },
    pinUnlock: {
      title: 'Unlocking with a PIN',
      says: (where) =>
        ({
          no: 'Not possible: the password is needed each time.',
          'own-screen':
            'On the unit’s own screen a PIN that was set for this login unlocks it; elsewhere the password is needed.',
          anywhere: 'A PIN that was set for this login unlocks it, also over a network.',
        })[where],
    },
    reloginH: {
      title: 'How long a login lasts',
      says: (most) => `After ${hours(most)} at most everybody must log in again.`,
    },
    training: {
      title: 'Training before access',
      says: (must) =>
        must
          ? 'Nobody gets at data without a training that is on file and not over.'
          : 'A training is not needed for access.',
    },
    clets: {
      title: 'Clearance before access',
      says: (must) =>
        must
          ? 'Nobody sees a plate without a current clearance for CLETS (the state’s police network).'
          : 'A clearance for CLETS (the state’s police network) is not needed to see plates.',
    },
    secondFactor: {
      title: 'A second proof at the login',
      says: (must) =>
        must === 'required'
          ? 'Required beside the password: a code of a phone, or a security key.'
          : 'Everybody may add one to their password: a code of a phone, or a security key.',
    },
    maxOfflineDays: {
      title: 'A unit that is out of reach',
      says: (most) =>
        most === 0
          ? 'Logins work however long the unit has not heard from headquarters.'
          : `A unit that has not heard from headquarters for ${days(most)} lets nobody in, so that a closed account does not live on there.`,
    },
    passwordMinLength: {
      title: 'Shortest password',
      says: (least) => `A password has at least ${counted(least, 'character')}.`,
    },
    banner: { title: 'What everybody reads at the login', says: (text) => `“${text}”` },
  },
  audit: {
    retentionMinDays: {
      title: 'How long the log of looks is kept',
      says: (least) =>
        `At least ${days(least)}. It is never deleted by itself; after that somebody may decide it, and the decision stays in the log.`,
    },
    calendar: {
      title: 'One audit in each year or quarter',
      says: (calendar) =>
        calendar === null
          ? 'Audits are not counted by the calendar; the next rule says how often.'
          : `One audit must be done in each calendar ${calendar}. The unit reminds those in charge.`,
    },
    intervalDays: {
      title: 'Time between audits',
      says: (every) =>
        `${days(every)}, where audits are not counted by the calendar. The unit reminds those in charge.`,
    },
    sampleN: {
      title: 'How many looks an audit judges',
      says: (least) =>
        `At least ${counted(least, 'inquiry', 'inquiries')}, drawn at random by the program so that nobody can choose them.`,
    },
    sampleWindowDays: {
      title: 'From which time they are drawn',
      says: (window) => `From the last ${days(window)}.`,
    },
    reportEveryDays: {
      title: 'Report of use to the chief',
      says: (every) =>
        every === null
          ? 'No report of use is asked for beside the memorandum of each audit.'
          : `Every ${days(every)}. The unit reminds those in charge.`,
    },
  },
  releases: {
    approverRoles: {
      title: 'Who decides on requests of other agencies',
      says: (roles) =>
        `Only ${rolesOf(roles)}. Nothing is handed to another agency before it is approved.`,
    },
    written: {
      title: 'Requests in writing',
      says: (must) =>
        must
          ? 'Another agency must ask in writing, and it is on file where the writing is.'
          : 'Another agency need not ask in writing.',
    },
    valuesAct: {
      title: 'The California Values Act',
      says: (section) =>
        section === null
          ? 'The approver is not asked about it.'
          : `Whoever approves a request must say that they considered the California Values Act, which bars local police from helping federal immigration enforcement (${section}).`,
    },
    endsAfterDays: {
      title: 'When an approval ends',
      says: (after) =>
        `${days(after)} after the request, where the request itself names no end. Nothing is handed out after that.`,
    },
    verified: {
      title: 'Who the other agency is',
      says: (must) =>
        must
          ? 'It must be verified, and on file how, that the agency is a police force or a prosecutor.'
          : 'It need not be verified who the other agency is.',
    },
    deniedPurposes: {
      title: 'Further purposes that are refused',
      says: (purposes) =>
        purposes.length === 0
          ? 'None beside immigration enforcement, where that is forbidden.'
          : `A request for ${listed(purposes.map(plain), 'or')} is refused.`,
    },
    deniedAgencies: {
      title: 'Agencies that get nothing',
      says: (agencies) =>
        agencies.length === 0
          ? 'None beside those of immigration enforcement, where that is forbidden.'
          : `A request of ${listed(agencies, 'or')} is refused.`,
    },
  },
  immigration: {
    forbiddenBy: {
      title: 'Federal immigration enforcement',
      says: (section) =>
        section === null
          ? 'This policy has no rule on it, and the program does not look for it.'
          : `Forbidden (${section}): a search, an entry or a request for it is refused, and words that may mean it are shown to whoever approves or audits.`,
    },
  },
  storage: {
    encryption: {
      title: 'Encryption of the disk',
      says: (value) =>
        value === 'required'
          ? 'The data must lie on an encrypted disk: headquarters does not start on another, and the checks of a unit fail.'
          : 'The data should lie on an encrypted disk: where it does not, the checks warn.',
    },
  },
};

const hotPlateFieldNames: Record<Policy['hotplates']['requiredFields'][number], string> = {
  state: 'its state',
  category: 'a category',
  reason: 'a reason',
  synopsis: 'a synopsis',
  caseNumber: 'a case number',
  enteredBy: 'the name of who enters it',
  approvedBy: 'an approval',
  expires: 'an end',
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * A setting of the policy in words, by its dotted path. Null for the rights of a role, which are permissions: who shows
 * them has words for each.
 */
export function settingWords({
  path,
  value,
}: Pick<ExplainedValue, 'path' | 'value'>): { title: string; says: string } | null {
  const [section = '', ...rest] = path.split('.');
  if (section === 'roles') return null;
  // A source of data has the rules of every other: `retention.sources.flock.reads.maxDays`.
  const isOfSource = section === 'retention' && rest[0] === 'sources' && rest.length > 1;
  const names = isOfSource ? rest.slice(2) : rest;
  let at: unknown = settings[section as keyof typeof settings];
  for (const [depth, name] of names.entries()) {
    // An agency's own value can be a part of one here: `hotplates.askFirst.officer`.
    if (isSaid(at)) {
      const part = plain(names.slice(depth).join(', '));
      return { title: `${at.title}: ${part}`, says: `${capital(plain(String(value)))}.` };
    }
    at = (at as Record<string, unknown> | undefined)?.[name];
  }
  if (!isSaid(at)) return null;
  const source = isOfSource ? `, from ${rest[1]}` : '';
  return { title: `${at.title}${source}`, says: at.says(value) };
}

const isSaid = (at: unknown): at is Said<unknown> =>
  typeof at === 'object' && at !== null && 'says' in at;
