import { describe, expect, test } from 'vitest';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { logInAda, makeAda, openDepartment } from '../headquarters/department.ts';
import { faultsOfNothing, followRequests, idsOfNothing, placesOf, showAt } from './addresses.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { openDesk } from './desk-page.ts';
import { staff } from './furnished-unit.ts';

useChromium();

/** Screens of one thing, by its id, as addresses begin. */
const named = [
  ...['hit', 'read', 'hot-plates', 'lists', 'releases', 'people', 'trainings', 'alert'],
  ...['audit/memo', 'inbox/report', 'clones'],
];
/** Screens whose address has no id, or any that a person makes up: a case, a tab, the alert of a report. */
const others = [
  ...['drive', 'board', 'open', 'alerts', 'search', 'stakeout', 'cases', 'retention', 'audit', 'inbox', 'inbox/new'],
  ...['mutes', 'capture', 'lost-unit', 'new-account', 'figures', 'policy', 'canvass', 'aim', 'aim/sheet'],
  ...['units', 'health', 'me'],
];

/** A unit with staff of every role. */
async function openStaffed() {
  const desk = await openDesk('vallejo');
  const { roles } = desk.staffed.accountability.policy.policy;
  for (const [role, [username, name]] of Object.entries(staff)) {
    const isHere = (roles[role as keyof typeof staff] ?? []).length > 0;
    if (isHere) desk.staffed.join(username, role as keyof typeof staff, name);
  }
  const pages = new Map<string, Awaited<ReturnType<typeof desk.pageOf>>>();
  const pageOf = async (username: string) => {
    const page = pages.get(username) ?? (await desk.pageOf(username, 'me'));
    if (!pages.has(username)) await followRequests(page);
    pages.set(username, page);
    return page;
  };
  return { ...desk, pageOf };
}

describe.skipIf(!hasChromium)('every address of the page', () => {
  test('is tried here', async () => {
    const { pageOf } = await openStaffed();
    const paths = (await placesOf(await pageOf('ada'))).map(({ path }) => path);
    const tried = new Set([...named, ...others].map((each) => each.split('/')[0]));
    expect(paths.filter((path) => !tried.has(path))).toEqual([]);
  });

  test('with an id of nothing says so, with a way on, to who may open the screen', {
    timeout: 600_000,
  }, async () => {
    const { pageOf, staffed } = await openStaffed();
    const places = await placesOf(await pageOf('ada'));
    const faults: unknown[] = [];
    for (const address of [...named, ...others]) {
      const place = places.find(({ path }) => path === address.split('/')[0]);
      if (place?.only === 'headquarters') continue;
      const needed = [place?.permission ?? 'alerts.watch'].flat();
      const able = needed.flatMap((each) =>
        staffed.accountability.people.withPermission(each as 'alerts.watch'),
      );
      const who = able.at(-1)?.username;
      // Under this policy it is nobody's.
      if (who === undefined) continue;
      const page = await pageOf(who);
      for (const id of named.includes(address) ? idsOfNothing : idsOfNothing.slice(0, 1)) {
        const shown = await showAt(page, `${address}/${id}`);
        for (const fault of faultsOfNothing(shown, named.includes(address))) {
          faults.push([address, id.slice(0, 40), who, fault]);
        }
      }
    }
    expect(faults).toEqual([]);
  });

  test('of a screen that a person may not open is told in the same words as one that there is not', {
    timeout: 300_000,
  }, async () => {
    const { pageOf, staffed } = await openStaffed();
    const { people } = staffed.accountability;
    for (const who of ['lee', 'kim', 'ann', 'tess']) {
      const page = await pageOf(who);
      const nothing = await showAt(page, 'no-such-screen/7');
      expect(nothing.heading).toBe('Nothing here for you');
      const faults: unknown[] = [];
      for (const { path, permission, only } of await placesOf(page)) {
        const isAble = [permission].flat().some(
          (each) =>
            each === null ||
            people.withPermission(each as 'alerts.watch').some(({ username }) => username === who),
        );
        if (isAble && only !== 'headquarters') continue;
        if (path === 'board') continue;
        for (const address of [path, `${path}/ada`, `${path}/01900000-0000-7000-8000-000000000001`]) {
          const shown = await showAt(page, address);
          if (shown.text !== nothing.text) faults.push([who, address, shown.text.slice(0, 200)]);
        }
      }
      expect(faults).toEqual([]);
      await page.getByRole('button', { name: 'To the start' }).click();
      await expect.poll(() => page.locator('#main h1').first().textContent()).not.toMatch(/Nothing/);
    }
  });

  test.skipIf(missingMosquitto)('of headquarters with an id of nothing says so, with a way on', {
    timeout: 300_000,
  }, async () => {
    const { headquarters } = await (await openDepartment()).startHeadquarters();
    await makeAda(headquarters);
    const cookie = `lookout-headquarters=${await logInAda(headquarters)}`;
    const page = await (await newScreen()).openIn({
      ...{ url: `${headquarters.console?.url}#/me`, cookie },
    });
    await followRequests(page);
    const faults: unknown[] = [];
    for (const address of [...named, ...others]) {
      for (const id of named.includes(address) ? idsOfNothing : idsOfNothing.slice(0, 1)) {
        const shown = await showAt(page, `${address}/${id}`);
        for (const fault of faultsOfNothing(shown, named.includes(address))) {
          faults.push([address, id.slice(0, 40), fault]);
        }
      }
    }
    expect(faults).toEqual([]);
  });
});
