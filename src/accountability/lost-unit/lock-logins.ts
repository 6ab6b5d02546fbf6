import type { People } from '../access/people.ts';

/** Wraps `people` so that logins and sessions are refused while the unit is locked (BRE-1). */
export function lockLogins(people: People, refuseIfLocked: () => void): People {
  const guarded =
    <Arguments extends unknown[], Result>(call: (...args: Arguments) => Result) =>
    (...args: Arguments): Result => {
      refuseIfLocked();
      return call(...args);
    };
  return {
    ...people,
    get passwordRuns() {
      return people.passwordRuns;
    },
    sessions: { actorOf: guarded((...args) => people.sessions.actorOf(...args)) },
    onlookers: { actorOf: guarded((...args) => people.onlookers.actorOf(...args)) },
    login: async (...args) => guarded(people.login)(...args),
    keyQuestion: async (...args) => guarded(people.keyQuestion)(...args),
    keys: {
      offer: async (...args) => guarded(people.keys.offer)(...args),
      add: async (...args) => guarded(people.keys.add)(...args),
      question: async (...args) => guarded(people.keys.question)(...args),
    },
    unlock: async (...args) => guarded(people.unlock)(...args),
    renew: async (...args) => guarded(people.renew)(...args),
    makeFirstAdministrator: async (...args) => guarded(people.makeFirstAdministrator)(...args),
    session: guarded(people.session),
    use: guarded(people.use),
  };
}
