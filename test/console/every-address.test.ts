import { describe, expect, test } from 'vitest';
import { logInAda, makeAda, openDepartment } from '../headquarters/department.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { faultsOf, idsOfNothing, placesOf, type Shown, showAll } from './addresses.ts';
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
  ...['drive', 'board', 'open', 'alerts', 'search', 'stakeout', 'cases', 'retention', 'audit'],
  ...['inbox', 'inbox/new', 'mutes', 'capture', 'lost-unit', 'new-account', 'figures', 'policy'],
  ...['canvass', 'aim', 'aim/sheet', 'units', 'health', 'me'],
];
const addressesOf = (begin: string): string[] =>
  named.includes(begin)
    ? idsOfNothing.map((id) => `${begin}/${id}`)
    : [begin, `${begin}/${idsOfNothing[0]}`];
const isNamed = ({ address }: Shown) => named.some((begin) => address.startsWith(`${begin}/`));

/** A unit with staff of every role. */
async function openStaffed() {
  const desk = await openDesk('vallejo');
  const { roles } = desk.staffed.accountability.policy.policy;
  for (const [role, [username, name]] of Object.entries(staff)) {
    const isHere = (roles[role as keyof typeof staff] ?? []).length > 0;
    if (isHere) desk.staffed.join(username, role as keyof typeof staff, name);
  }
  /** Who has one of these permissions here, by username. */
  const withOne = (permission: string | readonly string[]): string[] =>
    [permission]
      .flat()
      .flatMap((each) => desk.staffed.accountability.people.withPermission(each as 'alerts.watch'))
      .map(({ username }) => username);
  return { ...desk, withOne };
}

describe.skipIf(!hasChromium)('every address of the page', () => {
  test('is tried here; with an id of nothing it says so, with a way on, to who may open the screen', {
    timeout: 600_000,
  }, async () => {
    const { pageOf, withOne } = await openStaffed();
    const places = await placesOf(await pageOf('ada', 'me'));
    const begins = [...named, ...others];
    const tried = new Set(begins.map((each) => each.split('/')[0]));
    expect(places.map(({ path }) => path).filter((path) => !tried.has(path))).toEqual([]);
    const byPerson = new Map<string, string[]>();
    for (const begin of begins) {
      const place = places.find(({ path }) => path === begin.split('/')[0]);
      const permission = begin === 'alert' ? 'alerts.watch' : (place?.permission ?? null);
      // Some are nobody's under this policy.
      const who = permission === null ? 'ada' : withOne(permission)[0];
      if (who === undefined || place?.only === 'headquarters') continue;
      byPerson.set(who, [...(byPerson.get(who) ?? []), ...addressesOf(begin)]);
    }
    for (const [who, addresses] of byPerson) {
      const shown = await showAll(await pageOf(who, 'me'), addresses);
      expect([who, shown.flatMap((each) => faultsOf(each, isNamed(each)))]).toEqual([who, []]);
    }
  });

  test('of a screen that a person may not open is told in the same words as one that there is not', {
    timeout: 300_000,
  }, async () => {
    const { pageOf, withOne } = await openStaffed();
    for (const who of ['lee', 'kim']) {
      const page = await pageOf(who, 'me');
      const closed = (await placesOf(page))
        .filter(({ path, permission, only }) => {
          const isOpen = permission === null || withOne(permission).includes(who);
          return path !== 'board' && (only === 'headquarters' || !isOpen);
        })
        .flatMap(({ path }) => [path, `${path}/ada`, `${path}/${idsOfNothing[0]}`]);
      const [nothing, ...shown] = await showAll(page, ['no-such-screen/7', ...closed]);
      expect(nothing?.heading).toBe('Nothing here for you');
      expect(shown.length).toBeGreaterThan(20);
      const other = shown.filter(({ text }) => text !== nothing?.text);
      expect([who, other]).toEqual([who, []]);
      await page.getByRole('button', { name: 'To the start' }).click();
      await expect
        .poll(() => page.locator('#main h1').first().textContent())
        .not.toMatch(/Nothing here/);
    }
  });

  test.skipIf(missingMosquitto)(
    'of headquarters with an id of nothing says so, with a way on',
    {
      timeout: 300_000,
    },
    async () => {
      const { headquarters } = await (await openDepartment()).startHeadquarters();
      await makeAda(headquarters);
      const cookie = `lookout-headquarters=${await logInAda(headquarters)}`;
      const url = `${headquarters.console?.url}#/me`;
      const page = await (await newScreen()).openIn({ url, cookie });
      const shown = await showAll(page, [...named, ...others].flatMap(addressesOf));
      expect(shown.flatMap((each) => faultsOf(each, isNamed(each)))).toEqual([]);
    },
  );
});
