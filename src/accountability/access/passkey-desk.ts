import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Clock } from '../../platform/clock.ts';
import { Refusal } from '../gate/refusal.ts';
import type { Account } from './account.ts';
import type { Passkey, Passkeys } from './passkeys.ts';

/** A page for which keys are made: WebAuthn knows it by its name, never by an address. */
export interface PasskeySite {
  /** `localhost`, or the name of the unit in its network. */
  name: string;
  /** `http://localhost:7440` */
  origin: string;
}

/** An answer to a question is good for so long, ms. */
const questionMs = 5 * 60_000;
/** A person has so many keys at most. */
const mostKeys = 8;
/** So many questions wait at a time at most; the oldest is forgotten first. */
const mostQuestions = 64;

/** What is asked of a key, and of whom: one question each at a time. `of`: a session, or an account that logs in. */
export type Asked = { of: string; account: Account; site: PasskeySite };

/** Security keys and passkeys: registered, and asked to prove who is there (WebAuthn). */
export interface PasskeyDesk {
  /** What the browser needs to make a key for this person. */
  offer(asked: Asked): Promise<PublicKeyCredentialCreationOptionsJSON>;
  /** The key that the browser made for that offer; it is not stored yet. Throws a Refusal if it is not one. */
  made(asked: Asked, name: string, response: RegistrationResponseJSON): Promise<Passkey>;
  /**
   * What the browser needs to ask the keys of this person. `mustVerify`: the key must know its owner by a finger, a face
   * or a PIN of its own. Throws a Refusal if there is none.
   */
  question(asked: Asked, mustVerify: boolean): Promise<PublicKeyCredentialRequestOptionsJSON>;
  /** Whether a key of this person answered the question; each is good once. Gives the key, or null. */
  answered(
    asked: Asked,
    response: AuthenticationResponseJSON,
    mustVerify: boolean,
  ): Promise<Passkey | null>;
}

/** Loaded when the first key is used: most starts of the unit see none. */
const library = () => import('@simplewebauthn/server');

export function createPasskeyDesk(deps: {
  passkeys: Passkeys;
  unitId: string;
  now: Clock;
  /** Counts up whatever the clock does, ms. */
  steady?: Clock;
}): PasskeyDesk {
  const { passkeys, unitId, now, steady = () => performance.now() } = deps;
  const questions = new Map<string, { challenge: string; site: PasskeySite; untilMs: number }>();

  const keep = (of: string, site: PasskeySite, challenge: string): void => {
    questions.delete(of);
    questions.set(of, { challenge, site, untilMs: steady() + questionMs });
    const [oldest] = questions.keys();
    if (questions.size > mostQuestions && oldest !== undefined) questions.delete(oldest);
  };

  /** The challenge that is answered, once. Throws a Refusal if none was asked. */
  const take = (of: string, site: PasskeySite): string => {
    const question = questions.get(of);
    questions.delete(of);
    const isGood =
      question !== undefined && steady() < question.untilMs && question.site.origin === site.origin;
    if (isGood) return question.challenge;
    throw new Refusal(
      409,
      'key-too-late',
      'This took too long, or was asked elsewhere. Try again.',
    );
  };

  const ofSite = (account: Account, site: PasskeySite) =>
    passkeys.of(account.id).filter((each) => each.site === site.name);

  // biome-ignore lint/suspicious/noExplicitAny: the library names transports itself
  const named = ({ id, transports }: Passkey): any => ({ id, transports });

  return {
    async offer({ of, account, site }) {
      if (passkeys.of(account.id).length >= mostKeys) {
        throw new Refusal(409, 'too-many-keys', `You have ${mostKeys} keys. Remove one first.`);
      }
      const { generateRegistrationOptions } = await library();
      const options = await generateRegistrationOptions({
        rpName: `Lookout ${unitId}`,
        rpID: site.name,
        userName: account.username,
        userDisplayName: account.name,
        userID: new TextEncoder().encode(account.id),
        attestationType: 'none',
        excludeCredentials: ofSite(account, site).map(named),
        authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
        timeout: questionMs,
      });
      keep(of, site, options.challenge);
      return options;
    },
    async made({ of, account, site }, name, response) {
      const expectedChallenge = take(of, site);
      const { verifyRegistrationResponse } = await library();
      const told = await verifyRegistrationResponse({
        ...{ response, expectedChallenge, expectedOrigin: site.origin, expectedRPID: site.name },
        requireUserVerification: false,
      }).catch(() => null);
      if (told?.verified !== true) {
        throw new Refusal(
          400,
          'key-refused',
          'This is not an answer of a security key. Try again.',
        );
      }
      const { credential, userVerified } = told.registrationInfo;
      return {
        ...{ id: credential.id, account: account.id, site: site.name, name },
        publicKey: Buffer.from(credential.publicKey),
        counter: credential.counter,
        transports: [...(credential.transports ?? [])],
        ...{ verifies: userVerified, addedAtMs: now(), usedAtMs: null },
      };
    },
    async question({ of, account, site }, mustVerify) {
      const keys = ofSite(account, site).filter(({ verifies }) => verifies || !mustVerify);
      if (keys.length === 0) {
        throw new Refusal(
          404,
          'no-key',
          mustVerify
            ? 'No security key of yours that knows you by a finger, a face or a PIN is registered for this page.'
            : 'No security key of yours is registered for this page.',
        );
      }
      const { generateAuthenticationOptions } = await library();
      const options = await generateAuthenticationOptions({
        rpID: site.name,
        allowCredentials: keys.map(named),
        userVerification: mustVerify ? 'required' : 'discouraged',
        timeout: questionMs,
      });
      keep(of, site, options.challenge);
      return options;
    },
    async answered({ of, account, site }, response, mustVerify) {
      const expectedChallenge = take(of, site);
      const key = ofSite(account, site).find(({ id }) => id === response.id);
      if (key === undefined) return null;
      const { verifyAuthenticationResponse } = await library();
      const told = await verifyAuthenticationResponse({
        ...{ response, expectedChallenge, expectedOrigin: site.origin, expectedRPID: site.name },
        credential: {
          ...named(key),
          publicKey: new Uint8Array(key.publicKey),
          counter: key.counter,
        },
        requireUserVerification: mustVerify,
      }).catch(() => null);
      if (told?.verified !== true) return null;
      passkeys.used(key.id, told.authenticationInfo.newCounter, now());
      return key;
    },
  };
}
