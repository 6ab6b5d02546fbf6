import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { AimCameras } from '../../src/console/aim-operations.ts';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { openStaffedUnit } from '../support/staffed-unit.ts';
import { newScreen } from './browser.ts';
import { cutOff, faultsOf, sizes, small } from './page-checks.ts';
import { startUnitConsole } from './unit-console.ts';

/**
 * A unit under the profile of a policy, and its staff at screens of their own. `status`: what its daemon tells of itself;
 * `port`: 0 for a free one; `zones`: where capture is suspended; `cameras`: those that are set up.
 */
export async function openDesk(
  profile: string,
  options: {
    status?: () => unknown;
    port?: number;
    zones?: unknown[];
    cameras?: AimCameras;
  } = {},
) {
  const { status, port = 0, zones = [], cameras } = options;
  const staffed = await openStaffedUnit(profile, { at: new Date().toISOString(), zones });
  const unit = await startUnitConsole(staffed, status, port, cameras);
  return {
    ...{ staffed, unit },
    /** The page on which someone is logged in, at an address: `hot-plates`. */
    async pageOf(username: string, address: string): Promise<Page> {
      const login = { username, password: goodPassword, noticeAcknowledged: true };
      const { people } = staffed.accountability;
      const { token } = await people.login(login, 'page 127.0.0.1');
      const cookie = `lookout-${staffed.config.unit.id}=${token}`;
      const screen = await newScreen();
      return screen.openIn({ url: `${unit.console.url}#/${address}`, cookie });
    },
  };
}

/** States the purpose that a page asks for. */
export async function statePurpose(page: Page, caseNumber: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Purpose' });
  await dialog.getByLabel('Case number').fill(caseNumber);
  await dialog.getByLabel('Reason').fill('Vehicles of the burglaries on Main Street');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Holds what is on the page to axe's rules, and to the widths of dash, desk and phone: nothing cut off, no key too small. */
export async function expectUsable(page: Page): Promise<void> {
  expect(await faultsOf(page)).toEqual([]);
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    expect([width, await cutOff(page), await small(page)]).toEqual([width, [], []]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}
