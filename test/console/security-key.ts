import type { Page } from 'playwright-core';

/** Chromium's own security key, which touches itself; `knows`: it knows its owner by a finger or a PIN. */
export async function plugIn(page: Page, knows = true): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'usb', hasResidentKey: true },
      ...{ hasUserVerification: knows, isUserVerified: knows },
      automaticPresenceSimulation: true,
    },
  });
}

/** Registers the key at the computer on the screen of one's own account. */
export async function register(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Register a security key' }).click();
  await page.getByLabel('What you call it').fill(name);
  await page.getByRole('button', { name: 'Register it' }).click();
  await page.getByText('The key is registered').waitFor();
}

/** Chooses an entry of the menu. */
export async function fromMenu(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Menu/ }).click();
  await page
    .getByRole('navigation', { name: 'Menu' })
    .getByRole('button', { name, exact: true })
    .click();
}
