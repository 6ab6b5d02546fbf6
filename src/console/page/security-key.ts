import { html, type TemplateResult } from 'lit-html';
import { Refused } from './api.ts';

/** Whether this browser can ask a security key here: WebAuthn takes a page by its name, never by an address. */
export function canAskKey(): boolean {
  return 'PublicKeyCredential' in globalThis && isSecureContext && !isByAddress();
}

/** Whether the page was opened by an address, such as 127.0.0.1, for which no key can be made. */
function isByAddress(): boolean {
  return /^([\d.]+|\[.*\])$/.test(location.hostname);
}

/**
 * Why no security key can be asked here, and where it can. `namedUrl`: where the page has a name, as the unit tells it;
 * null where it has none.
 */
export function whyNoKey(namedUrl: string | null): TemplateResult {
  if (!isByAddress()) return html`<p>This browser cannot ask a security key.</p>`;
  const why = 'Security keys are made for a name, and this page was opened by an address';
  if (namedUrl === null) {
    return html`<p>
      ${why}. The page has no name yet: have one put into its certificate and its settings
      (console.https.names).
    </p>`;
  }
  return html`<p>
    ${why}. They work at <a class="named-address" href=${namedUrl}>${namedUrl}</a>, where you log in
    anew.
  </p>`;
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
