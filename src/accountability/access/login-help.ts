/** What to do about a login that was refused. */
export interface LoginHelp {
  /** For who was refused. */
  you: string;
  /** For who can let them in: where, and by which command. */
  administrator: string;
}

const inPeople = 'On the screen People, at the name:';
const rescue =
  'Where no administrator can log in any more, whoever has root on the unit lets one in: sudo lookout user rescue USERNAME.';

const lostFactor: LoginHelp = {
  you: 'Use your phone, or any security key of yours that is registered on this unit. If all are lost, ask an administrator; until then nobody gets in with the password alone.',
  administrator: `${inPeople} “Take back the second factor” (lookout user reset-second-factor USERNAME). Be sure that it is they who ask; they then log in by the password and set up another. ${rescue}`,
};

/**
 * The next step for each reason, by the code of its refusal. For a wrong name, a wrong password, a wrong code and an account
 * that is locked out it is one text, as they have one refusal: it tells nobody which it was.
 */
const helps: Record<string, LoginHelp> = {
  'login-refused': {
    you: 'Type both again: capitals count in the password. If a code was asked, the clocks of your phone and of the unit must agree. After too many attempts only an administrator lets you in, on any day and with the right password too.',
    administrator: `${inPeople} “End the lock-out” if it stands there, else “Temporary password” (lookout user release USERNAME, lookout user reset-password USERNAME). One that is closed is never opened again: make a new one. ${rescue}`,
  },
  'second-factor-missing': lostFactor,
  'key-missing': lostFactor,
  'no-key': lostFactor,
  'second-factor-needed': {
    you: 'Log in on the unit itself once, and set it up there: Menu, My account.',
    administrator:
      'You cannot do it for them: it is set up by who has the phone or the key, on the unit itself.',
  },
  'not-approved': {
    you: 'Ask whoever made the account who approves it; you then get a temporary password.',
    administrator: `${inPeople} “Approve” (lookout user approve USERNAME): another person than who made it.`,
  },
  'account-deactivated': {
    you: 'Ask an administrator; what you did before stays yours.',
    administrator: `${inPeople} “Reactivate” (lookout user reactivate USERNAME). ${rescue}`,
  },
  'account-closed': {
    you: 'It is never opened again, and its name is given to nobody. If you still work here, ask for a new account.',
    administrator:
      'On the screen People: a new account under another username (lookout user create). Where every account was closed, whoever has root on the unit moves people.db and people.key out of its data folder and makes a first administrator: sudo lookout user first.',
  },
  'account-not-current': {
    you: 'Bring the unit to where it has its network; seconds after headquarters has answered, log in again.',
    administrator:
      'sudo lookout doctor on the unit says why there is no link. Without one, whoever has root on the unit lets an administrator in: sudo lookout user rescue USERNAME.',
  },
  'retraining-required': {
    you: 'Do the training, and have it recorded by the training coordinator or an administrator.',
    administrator:
      'On the screen Trainings, as the retraining that was asked for (lookout training record USERNAME --course … --completed … --retrained).',
  },
  'temporary-password-over': {
    you: 'Ask an administrator for another; it is good for a short time.',
    administrator: `${inPeople} “Temporary password” (lookout user reset-password USERNAME). ${rescue}`,
  },
  'offline-too-long': {
    you: 'Bring the unit to where it has its network and log in again: what it sends then is answered by headquarters, and from that moment logins work. Alerts sound meanwhile.',
    administrator:
      'Nobody can log in here, no administrator either, and no rescue helps. Whoever has root on the unit: sudo lookout doctor says why there is no link. Where there will be none for longer, set policy.overrides.accounts.maxOfflineDays to more days in /etc/lookout/lookout.yaml (0: no end), then sudo systemctl restart lookout. Where the clock is wrong, timedatectl says so: set it.',
  },
  'unit-locked': {
    you: 'Tell dispatch that you have the unit.',
    administrator:
      'Nothing on the unit opens it. Whoever runs headquarters sends it the order to unlock; it obeys when it is connected.',
  },
  'audit-unwritable': {
    you: 'Report it: alerts still sound, and nothing can be looked up.',
    administrator:
      'Nobody can log in. Whoever has root on the unit: sudo lookout doctor says what is wrong with the log or its disk.',
  },
  'too-many-requests': {
    you: 'Wait as long as it says. It is no lock-out.',
    administrator: 'Nothing is to be done.',
  },
};

/** What to do about a refusal of this code; null where the refusal itself says all. */
export function loginHelp(code: string): LoginHelp | null {
  return Object.hasOwn(helps, code) ? (helps[code] ?? null) : null;
}

/** The same as lines of text. */
export function loginHelpLines({ you, administrator }: LoginHelp): string[] {
  return [`You: ${you}`, `An administrator: ${administrator}`];
}
