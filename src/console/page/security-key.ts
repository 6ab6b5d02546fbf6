import { Refused } from './api.ts';

/** Whether this browser can ask a security key here: WebAuthn takes a page by its name, never by an address. */
export function canAskKey(): boolean {
  return 'PublicKeyCredential' in globalThis && isSecureContext && !isByAddress();
}

/** Whether the page was opened by an address, such as 127.0.0.1, for which no key can be made. */
export function isByAddress(): boolean {
  return /^([\d.]+|\[.*\])$/.test(location.hostname);
}

/** Where the same page has a name; null where it has none that the page knows. */
export function addressWithName(): string | null {
  if (!/^(127\.0\.0\.1|\[::1\])$/.test(location.hostname)) return null;
  return `http://localhost:${location.port}/${location.hash}`;
}

/** Lets the browser make a key by what the unit offers; its answer as JSON. Throws Refused with words for a person. */
export async function makeKey(offer: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    offer as PublicKeyCredentialCreationOptionsJSON,
  );
  return answerOf(() => navigator.credentials.create({ publicKey }));
}

/** Lets the browser ask a key what the unit asks; its answer as JSON. Throws Refused with words for a person. */
export async function askKey(question: unknown): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    question as PublicKeyCredentialRequestOptionsJSON,
  );
  return answerOf(() => navigator.credentials.get({ publicKey }));
}

async function answerOf(ask: () => Promise<Credential | null>): Promise<unknown> {
  try {
    const credential = await ask();
    if (credential instanceof PublicKeyCredential) return credential.toJSON();
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    if (name === 'InvalidStateError') {
      throw new Refused(0, 'key-known', 'This security key is registered already.');
    }
  }
  throw new Refused(0, 'key-silent', 'No security key answered. Touch it when the browser asks.');
}
