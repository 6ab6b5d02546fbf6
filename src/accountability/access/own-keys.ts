import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { isoTime } from '../../platform/clock.ts';
import type { AuditTrail } from '../gate/audit-trail.ts';
import type { Actor } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Account } from './account.ts';
import { entryAbout } from './account-entry.ts';
import type { Accounts } from './accounts.ts';
import type { KeyUse, NewKey } from './login-api.ts';
import type { LoginDesk } from './login-desk.ts';
import type { PasskeyDesk, PasskeySite } from './passkey-desk.ts';
import type { Passkey, Passkeys } from './passkeys.ts';
import type { SessionDesk } from './session-desk.ts';

/** A security key as its owner sees it; times are ISO. */
export interface KeyView {
  id: string;
  name: string;
  /** The name of the page that it works on. */
  site: string;
  /** Whether it knows its owner, and so unlocks a page. */
  unlocks: boolean;
  addedAt: string;
  usedAt: string | null;
}

/** What people do with their own security keys. */
export interface OwnKeys {
  list(account: string): KeyView[];
  /** What the browser needs to make a key for the person of a session. */
  offer(
    token: string,
    from: string,
    site: PasskeySite,
  ): Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** Registers the key that the browser made. */
  add(token: string, made: NewKey, from: string, site: PasskeySite): Promise<KeyView>;
  remove(actor: Actor, id: string, password: string | undefined): Promise<void>;
  /** What the browser needs to ask the keys of the person of a session, which may be locked. */
  question(
    token: string,
    use: KeyUse,
    from: string,
    site: PasskeySite,
  ): Promise<PublicKeyCredentialRequestOptionsJSON>;
}

export function createOwnKeys(deps: {
  accounts: Accounts;
  passkeys: Passkeys;
  desk: PasskeyDesk;
  sessions: SessionDesk;
  logins: LoginDesk;
  trail: AuditTrail;
}): OwnKeys {
  const { accounts, passkeys, desk, sessions, logins, trail } = deps;

  const own = (id: string): Account => {
    const account = accounts.byId(id);
    if (account !== null) return account;
    throw new Refusal(404, 'no-such-account', 'Your account no longer exists.');
  };

  return {
    list: (account) => passkeys.of(account).map(viewOf),
    async offer(token, from, site) {
      const { account, session } = sessions.actorOf(token, from);
      return desk.offer({ of: `register ${session}`, account: own(account), site });
    },
    async add(token, { name, password, made }, from, site) {
      const actor = sessions.actorOf(token, from);
      const { session } = actor;
      const account = own(actor.account);
      await logins.confirmOwner({ account, session, from, password });
      const key = await desk.made({ of: `register ${session}`, account, site }, name, made);
      // What ended the session in the meantime, such as a revocation, stays.
      sessions.actorOf(token, from);
      trail(
        entryAbout(account, {
          ...{ category: 'Account Change', operation: 'passkeys.add', from, session },
          ...{ object: `account ${account.username}`, query: { name, site: site.name } },
        }),
      );
      passkeys.add(key);
      return viewOf(key);
    },
    async remove({ account, session, from }, id, password) {
      if (!passkeys.of(account).some((key) => key.id === id)) {
        throw new Refusal(404, 'no-key', 'You have no such security key.');
      }
      await logins.confirmOwner({ account: own(account), session, from, password });
      passkeys.remove(account, id);
    },
    async question(token, use, from, site) {
      const { id, account } = sessions.held(token, from);
      return desk.question({ of: `${use} ${id}`, account, site }, use === 'unlock');
    },
  };
}

function viewOf({ id, name, site, verifies, addedAtMs, usedAtMs }: Passkey): KeyView {
  return {
    ...{ id, name, site, unlocks: verifies, addedAt: isoTime(addedAtMs) },
    usedAt: usedAtMs === null ? null : isoTime(usedAtMs),
  };
}
