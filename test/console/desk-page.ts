import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { HttpsConfig } from '../../src/config/sections/console.ts';
import type { AimCameras } from '../../src/console/aim-operations.ts';
import type { UnitChecks } from '../../src/console/check-operations.ts';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import { openStaffedUnit } from '../support/staffed-unit.ts';
import type { AnyPage } from './any-page.ts';
import { newScreen } from './browser.ts';
import { cutOff, faultsOf, sizes, small } from './page-checks.ts';
import { startUnitConsole } from './unit-console.ts';

/**
 * A unit under the profile of a policy, and its staff at screens of their own. `status`: what its daemon tells of itself;
 * `port`: 0 for a free one; `zones`: where capture is suspended; `cameras`: those that are set up; `https`: how it is
 * served to other computers; `checks`: what doctor would find.
 */
export async function openDesk(
  profile: string,
  options: {
    status?: () => unknown;
    port?: number;
    zones?: unknown[];
    cameras?: AimCameras;
    https?: Partial<HttpsConfig>;
    checks?: UnitChecks;
  } = {},
) {
  const { status, port = 0, zones = [], cameras, https, checks } = options;
  const staffed = await openStaffedUnit(profile, { at: new Date().toISOString(), zones });
  const unit = await startUnitConsole(staffed, status, port, cameras, https, checks);
  /** Where a browser finds the page at an address, `hot-plates`, with someone logged in. */
  const entryOf = async (username: string, address: string) => {
    const login = { username, password: goodPassword, noticeAcknowledged: true };
    const { token } = await staffed.accountability.people.login(login, 'page 127.0.0.1');
    const cookie = `lookout-${staffed.config.unit.id}=${token}`;
    return { url: `${unit.console.url}#/${address}`, cookie };
  };
  return {
    ...{ staffed, unit, entryOf },
    /** The page on which someone is logged in, at an address: `hot-plates`. */
    pageOf: async (username: string, address: string): Promise<Page> =>
      (await newScreen()).openIn(await entryOf(username, address)),
  };
}

/** States the purpose that a page asks for. */
export async function statePurpose(page: AnyPage, caseNumber: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Purpose' });
  await dialog.getByLabel('Case number').fill(caseNumber);
  await dialog.getByLabel('Reason').fill('Vehicles of the burglaries on Main Street');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Holds what is on the page to axe's rules, and to the widths of dash, desk and phone: nothing cut off, no key too small. */
export async function expectUsable(page: AnyPage): Promise<void> {
  expect(await faultsOf(page)).toEqual([]);
  for (const [width, height] of sizes) {
    await page.setViewportSize({ width, height });
    expect([width, await cutOff(page), await small(page)]).toEqual([width, [], []]);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}
