import { EventEmitter } from 'node:events';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { HitStanding } from '../../src/accountability/verification/hit-view.ts';
import type { Verification } from '../../src/accountability/verification/verification.ts';
import type { Alert } from '../../src/alerts/alert.ts';
import type { TrackImages } from '../../src/vision/tracking/track-report.ts';
import { goodPassword } from '../accountability/access/people-under-test.ts';
import {
  exampleAlert,
  exampleConsensus,
  exampleFix,
  exampleHit,
  exampleMatch,
} from '../alerts/sample-alerts.ts';
import { freePort } from '../support/free-port.ts';
import { inZone } from '../support/in-zone.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { hasChromium, newScreen, useChromium } from './browser.ts';
import { runConsole } from './running-console.ts';

useChromium();

/** A picture of one colour. */
async function picture(width: number, height: number) {
  const image = sharp({ create: { width, height, channels: 3, background: '#246' } });
  return { jpeg: new Uint8Array(await image.jpeg().toBuffer()), width, height, takenAtMs: 1000 };
}

const pictures = async (): Promise<TrackImages> => ({
  plate: await picture(240, 120),
  ir: await picture(640, 360),
  overview: await picture(640, 360),
  overviewMissing: null,
});

/** Nobody has done anything about the hit. */
const raisedStanding: HitStanding = {
  state: 'raised',
  asked: null,
  claim: null,
  status: null,
  pursuitText: null,
  entryEnd: null,
  told: null,
  steps: 0,
};

let vehicles = 0;

/** An alert of another vehicle each time. */
function alertOf(match = exampleMatch(), over: Partial<Alert> = {}, plate = '7ABC123'): Alert {
  vehicles += 1;
  const read = exampleConsensus(plate);
  const hit = exampleHit({ detectionId: `vehicle-${vehicles}`, match, read });
  const now = Date.now();
  return exampleAlert(hit, { seen: { firstMs: now - 500, lastMs: now, frames: 4 }, ...over });
}

/** The text as it is seen, in one line. */
const words = async (page: Page, selector: string) =>
  (await page.locator(selector).allInnerTexts()).join(' ').replace(/\s+/g, ' ');

/** Opens the menu and presses a key in it. */
async function fromMenu(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Menu/ }).click();
  await page
    .getByRole('navigation', { name: 'Menu' })
    .getByRole('button', { name, exact: true })
    .click();
}

/** Marks the alert on the screen as seen, once its keys act. */
const pressSeen = (page: Page) => page.locator('.card [name="seen"]').click();

describe.skipIf(!hasChromium)('in Chromium (skipped without /usr/bin/chromium)', () => {
  test('the first start makes an administrator by the code, who then logs in', async () => {
    const console = await runConsole({ withoutAccounts: true });
    const screen = await newScreen();
    const page = await screen.open(console.url);
    await page.getByText('First start').waitFor();
    const fill = async (code: string, again: string) => {
      await page.getByLabel('One-time code').fill(code);
      await page.getByLabel('Username').fill('ada');
      await page.getByLabel('Full name').fill('Ada Cole');
      await page.getByLabel('Organisation').fill('example-pd');
      await page.getByLabel('New password').fill(goodPassword);
      await page.getByLabel('Repeat the password').fill(again);
      await page.getByLabel('Training course').fill('ALPR basics');
      await page.getByLabel('Completed on').fill('2026-01-15');
      await page.getByLabel('CLETS clearance until').fill('2099-06-30');
      await page.keyboard.press('Enter');
    };
    const code = console.unit.people.firstStartCode() ?? '';
    await fill(code, 'something else');
    await page.getByText('The two new passwords do not match').waitFor();
    await fill('WRON-GONE', goodPassword);
    await page.getByText('This code is wrong').waitFor();
    await fill(code, goodPassword);
    await page.getByText('The account was created').waitFor();
    await page.getByLabel('Username').fill('ada');
    await page.getByLabel('Password').fill(goodPassword);
    await page.getByLabel('I have read this notice').check();
    await page.keyboard.press('Enter');
    await page.getByText('Live').waitFor();
    expect(await words(page, '.person')).toBe('Ada Cole');
    await page.reload();
    await page.getByText('Live').waitFor();
    await fromMenu(page, 'My account');
    await page.getByRole('heading', { name: 'My account' }).waitFor();
    let loads = 0;
    page.on('request', (request) => {
      if (request.isNavigationRequest()) loads += 1;
    });
    await fromMenu(page, 'Log out');
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await page.getByLabel('Username').fill('ada');
    await page.getByLabel('Password').fill(goodPassword);
    await page.getByLabel('I have read this notice').check();
    await page.keyboard.press('Enter');
    await page.getByText('Live').waitFor();
    // The unit's end of the stream and its answer are one log-out, whose address nobody else finds.
    expect([loads, new URL(page.url()).hash]).toEqual([2, '']);
  });

  test('the login shows the use notice and refuses people who have not acknowledged it', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).open(console.url);
    await page.getByText(console.unit.policy.accounts.banner.slice(0, 60)).waitFor();
    await page.getByLabel('Username').fill('ada');
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    expect(await page.locator('input:invalid').count()).toBe(1);
    await page.getByLabel('I have read this notice').check();
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('The username or password is wrong').waitFor();
    expect(await page.locator('.card, .calm').count()).toBe(0);
  });

  test('the clock and the time of an alert are those of the unit’s zone, with its offset', async () => {
    inZone('Asia/Kolkata');
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    await console.output.present('raised', alertOf());
    await page.locator('.card').waitFor();
    await expect.poll(() => words(page, '.clock')).toMatch(/^\d\d:\d\d:\d\d \+05:30$/);
    expect(await words(page, '.card')).toMatch(/\d\d:\d\d:\d\d \+05:30/);
  });

  test('the clock is in the unit’s zone for who may watch no alert, too', async () => {
    inZone('America/Los_Angeles');
    const console = await runConsole({ profile: 'barstow' });
    const { unit } = console;
    const ada = (await unit.login('ada', goodPassword)).token;
    await unit.join(ada, { username: 'tech', role: 'it_manager' });
    const { token } = await unit.login('tech', goodPassword, undefined, 'page 127.0.0.1');
    const screen = await newScreen();
    const url = `${console.url}#/drive`;
    const page = await screen.openIn({ url, cookie: `lookout-unit-1=${token}` });
    await page.getByText('You may not see alerts').waitFor();
    await expect.poll(() => words(page, '.clock')).toMatch(/^\d\d:\d\d:\d\d -0[78]:00$/);
    expect(await words(page, '.unit')).toBe('example-pd / unit-1');
  });

  test('the age of the list is counted on while the card stands, and no vehicle is asked for where none is listed (ALT-7, VER-2)', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    const asOf = new Date(Date.now() - 40_000).toISOString();
    const bare = { make: null, model: null, colour: null, year: null };
    await console.output.present(
      'raised',
      alertOf(exampleMatch({ list: { asOf, ageS: 38 }, entry: bare })),
    );
    await page.locator('.card').waitFor();
    const age = () => words(page, '.list-age');
    await expect.poll(age).toMatch(/^list 38 s old, now 4[1-9] s, entered/);
    const first = await age();
    await expect.poll(age).not.toBe(first);
    expect(await words(page, '.described')).toBe('Listed vehicle none is described: not asked');
  });

  test('an unused page locks itself, shows only that there is an alert, and opens by the password', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    await console.output.present('raised', alertOf());
    await page.locator('.card').waitFor();
    await pressSeen(page);
    await page.getByText('No new alerts').waitFor();
    console.unit.nowMs += 31 * 60_000;
    await console.output.present('raised', alertOf(exampleMatch(), {}, '8ZZZ999'));
    await page.getByText('Alerts wait: ■ 1 standard').waitFor();
    expect(await page.content()).not.toMatch(/7ABC123|8ZZZ999|Possible|Honda/);
    await page.reload();
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    expect(await page.content()).not.toMatch(/7ABC123|8ZZZ999|Possible|Honda/);
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('The username or password is wrong').waitFor();
    await page.getByLabel('Password').fill(goodPassword);
    await page.keyboard.press('Enter');
    await page.locator('.card').waitFor();
    expect(await words(page, '.plate.read')).toBe('8ZZZ999');
  });

  test('in a car the lock takes no unanswered alert away; at a desk it does (CJIS AC-11)', async () => {
    for (const mode of ['mobile', 'fixed'] as const) {
      const console = await runConsole({ mode });
      const page = await (await newScreen()).openIn(console);
      await page.getByText('Live').waitFor();
      await console.output.present('raised', alertOf());
      await page.locator('.card').waitFor();
      console.unit.nowMs += 31 * 60_000;
      await console.output.present('raised', alertOf(exampleMatch(), {}, '8ZZZ999'));
      await page.getByText('Alerts wait: ■ 2 standard').waitFor();
      expect(await page.content()).not.toContain('8ZZZ999');
      if (mode === 'fixed') {
        expect(await page.locator('.card').count()).toBe(0);
        continue;
      }
      expect(await words(page, '.plate.read')).toBe('7ABC123');
      await page.getByLabel('Password').fill(goodPassword);
      await page.keyboard.press('Enter');
      await page.locator('.plate.read', { hasText: '8ZZZ999' }).waitFor();
    }
  });

  test('the card says how far the hit is, follows dispatch, opens again from the list, and goes when it is closed (DSP-2, DSP-4, VER-8, VER-10)', async () => {
    const events: Verification['events'] = new EventEmitter();
    let standing = raisedStanding;
    const console = await runConsole({ hits: { standing: () => standing, events } });
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    const alert = alertOf(exampleMatch(), { images: await pictures() });
    await console.output.present('raised', alert);
    await page.locator('.card').waitFor();
    expect(await words(page, '.standing')).toBe(`Not verified Hit ${alert.hit.id.slice(-6)}`);
    await pressSeen(page);
    await page.getByText('No new alerts').waitFor();

    await page.locator('.recent button').click();
    await page.locator('.card').waitFor();
    expect(await page.locator('.card img').count()).toBe(2);
    const at = '2026-03-04T23:59:59.000Z';
    const by = 'dispatch (Dispatcher 12)';
    const change = (next: Partial<HitStanding>) => {
      standing = { ...standing, ...next };
      events.emit('changed', alert.hit.id, standing.state);
    };
    change({ state: 'confirmation_in_progress', asked: { at, by } });
    await page.getByText('Confirmation in progress, dispatch (Dispatcher 12)').waitFor();
    await page.locator('.card [name="back"]').click();
    const pursuitText = 'Stops go by General Order 7.';
    change({
      state: 'validated',
      asked: null,
      status: { at, by, result: 'confirmed' },
      pursuitText,
    });
    await page.locator('.recent').getByText('· Verified').waitFor();
    // Dispatch's answer is news: the card is there again, with the words on stops.
    await console.output.answer?.('verified', alert);
    await page.locator('.card').waitFor();
    expect(await words(page, '.standing')).toContain(pursuitText);
    expect(await words(page, '.banner')).toContain('Not a basis for a stop');
    change({ entryEnd: { at, how: 'removed', outcome: 'recovered' } });
    await page.locator('.entry-end').waitFor();
    expect(await words(page, '.entry-end')).toMatch(
      /^The entry was removed at \d\d:\d\d:59 \S+ \(recovered\)\./,
    );
    change({ state: 'disposed' });
    await page.getByText('No alerts').waitFor();
  });

  test('who may not see the hit of an alert is told how urgent it is, and whom to ask (USR-9)', async () => {
    const console = await runConsole({ profile: 'walnut-creek' });
    const { unit } = console;
    const ada = (await unit.login('ada', goodPassword)).token;
    await unit.join(ada, { username: 'reyes', listSources: [] });
    const { token } = await unit.login('reyes', goodPassword, undefined, 'page 127.0.0.1');
    const screen = await newScreen();
    const page = await screen.openIn({ url: console.url, cookie: `lookout-unit-1=${token}` });
    await page.getByText('Live').waitFor();
    const amber = exampleMatch({ entry: { category: 'amber' } });
    const alert = alertOf(amber, { images: await pictures() });
    await console.output.present('raised', alert);
    await page.locator('.card.urgent.withheld').waitFor();
    const card = await words(page, '.card');
    expect(card).toContain('Alert of a list that you may not see');
    expect(card).toContain(`Ask dispatch Name hit ${alert.hit.id.slice(-6)}.`);
    expect(await page.locator('.card img').count()).toBe(0);
    await pressSeen(page);
    await page.locator('.recent .line').waitFor();
    expect(await page.content()).not.toMatch(/7ABC123|AMBER|Honda|driveway|26-004417|vehicle list/);
    expect(screen.complaints).toEqual([]);
  });

  test('the alerts of before a restart are there again, without a sound, as long as they are open', async () => {
    const standing = raisedStanding;
    const events: Verification['events'] = new EventEmitter();
    const hits = { standing: () => standing, events };
    const console = await runConsole({ hits });
    const before = alertOf(exampleMatch(), { images: await pictures() });
    console.output.restore?.(before);
    const page = await (await newScreen()).openIn(console);
    await page.locator('.card').waitFor();
    // No disk here has its pictures: each keeps its place, and says so.
    const places = page.locator('.card .picture', { hasText: 'cannot be shown' });
    await expect.poll(() => places.count()).toBe(2);
    // Another sighting shows on the same card, which keeps the pictures that the new one lacks.
    const moved = { ...before.hit, direction: { ...before.hit.direction, headingDeg: 180 } };
    const none: TrackImages = { plate: null, ir: null, overview: null, overviewMissing: 'skew' };
    console.output.refresh?.({ ...before, hit: moved, images: none });
    await page.getByText('S 180°').waitFor();
    expect(await places.count()).toBe(2);
    expect(await page.locator('.recent li').count()).toBe(0);
  });

  test('the lock button locks at once, and a session that ends elsewhere brings the login form', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    await fromMenu(page, 'Lock');
    await page.getByRole('heading', { name: 'Locked' }).waitFor();
    await page.getByLabel('Password').fill(goodPassword);
    await page.keyboard.press('Enter');
    // The page shows a live link behind the lock too; the menu is there only without it.
    await page.getByRole('button', { name: /^Menu/ }).waitFor();
    console.unit.people.revoke({ username: 'ada', reason: 'left the department' });
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  test('a person without CLETS clearance sees why no alert is shown', async () => {
    const console = await runConsole({
      alter: (policy) => {
        policy.accounts.clets = true;
      },
    });
    const { unit } = console;
    const ada = (await unit.login('ada', goodPassword)).token;
    await unit.join(ada, { username: 'pat', cletsUntil: null });
    const page = await (await newScreen()).open(console.url);
    await page.getByLabel('Username').fill('pat');
    await page.getByLabel('Password').fill(goodPassword);
    await page.getByLabel('I have read this notice').check();
    await page.keyboard.press('Enter');
    await page.getByText('You may not see alerts').waitFor();
    await page.getByText('No CLETS clearance is on file').waitFor();
    await console.output.present('raised', alertOf());
    await page.getByText('Connected').waitFor();
    expect(await page.content()).not.toContain('7ABC123');
  });

  test('an alert is on every open screen, with all that the officer needs (ALT-2 to ALT-5, ALT-7)', async () => {
    const console = await runConsole();
    const screen = await newScreen();
    const page = await screen.openIn(console);
    const second = await screen.open(console.url);
    await waitFor(() => console.output.health().state === 'ok');
    await Promise.all([page, second].map((tab) => tab.getByText('Live').waitFor()));

    // How soon depends on the machine: scripts/bench/page.ts measures it.
    await console.output.present('raised', alertOf(exampleMatch(), { images: await pictures() }));
    await Promise.all([page, second].map((tab) => tab.locator('.card').waitFor()));

    const text = await words(page, '.card');
    for (const part of [
      'Possible stolen vehicle',
      'Read California',
      'Listed California',
      'Characters as listed',
      'State as listed',
      'Taken from a driveway',
      'Gray 2019 Honda Accord',
      '26-004417',
      'State vehicle list',
      'list 14 h old',
      '34.89581° N',
      '117.01728° W',
      'GPS 3D, 0 s old',
      'NE 47°',
      'approaching',
      'camera front',
      'Not a basis for a stop. Verify plate, state and vehicle, and confirm the status first.',
    ]) {
      expect(text).toContain(part);
    }
    expect(await words(page, '.plate.read')).toBe('7ABC123');
    await waitFor(() =>
      page.evaluate('[...document.images].every((image) => image.naturalWidth > 0)'),
    );
    expect(await page.locator('.card img').count()).toBe(2);
    expect(screen.complaints).toEqual([]);
    expect(screen.requests.filter((url) => !url.startsWith(console.url))).toEqual([]);
  });

  test('the classes differ in colour, and a near match shows ≈ and where it differs', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    const colours = new Set<unknown>();
    const near = exampleMatch({
      tier: 'near',
      stateAgreement: 'unconfirmed',
      differences: [{ position: 2, read: '8', listed: 'B', p: 0.2 }],
    });
    for (const [name, alert] of [
      ['informational', alertOf(exampleMatch({ list: { type: 'specific' } }))],
      ['near', alertOf(near, {}, '7A8C123')],
      ['standard', alertOf()],
      ['urgent', alertOf(exampleMatch({ entry: { category: 'amber' } }))],
    ] as const) {
      await console.output.present('raised', alert);
      const card = page.locator(`.card.${name}`);
      await card.waitFor();
      colours.add(
        await page.evaluate(`getComputedStyle(document.querySelector('.card')).borderColor`),
      );
    }
    expect(colours.size).toBe(4);
    await pressSeen(page);
    await page.locator('.card.standard').waitFor();
    await pressSeen(page);
    await page.locator('.card.near').waitFor();
    expect(await words(page, '.strip')).toContain('≈');
    expect(await words(page, '.checks')).toBe('≈ 1 character differs State not confirmed');
    const marked = (kind: string) =>
      page
        .locator(`.plate.${kind} .glyph`)
        .evaluateAll((glyphs) => glyphs.map((glyph) => glyph.classList.contains('differs')));
    expect(await marked('read')).toEqual([false, false, true, false, false, false, false]);
    expect(await marked('listed')).toEqual(await marked('read'));
  });

  test('of a plate that is not read the card shows what is possible, and no text as read', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    const near = exampleMatch({ tier: 'near', stateAgreement: 'unconfirmed' });
    const read = exampleConsensus('2ABC123', {
      confidence: 0.62,
      alternatives: [{ plate: '7ABC123', p: 0.31 }],
    });
    const alert = alertOf(near);
    await console.output.present('raised', { ...alert, hit: { ...alert.hit, read, unread: true } });
    await page.locator('.card.near').waitFor();
    expect(await words(page, '.checks')).toBe(
      '≈ possibly the listed plate: 62 % 2ABC123, 31 % 7ABC123 (listed) State not confirmed',
    );
    expect(await words(page, '.plates')).toContain('Not read, likeliest');
  });

  test('amending and withdrawing show on the card', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    const alert = alertOf();
    await console.output.present('raised', alert);
    await page.locator('.card.raised').waitFor();
    const nevada = exampleConsensus('7ABC123', { state: { code: 'NV', p: 0.97 } });
    const match = exampleMatch({ stateAgreement: 'differs' });
    await console.output.present('amended', {
      ...alert,
      hit: { ...alert.hit, read: nevada, match },
    });
    await page.locator('.card.amended').waitFor();
    expect(await words(page, '.stamp')).toMatch(/amended/i);
    expect(await words(page, '.checks')).toContain('State differs: NV ≠ CA');
    const other = exampleConsensus('7ABC128');
    await console.output.present('withdrawn', { ...alert, hit: { ...alert.hit, read: other } });
    await page.locator('.card.withdrawn').waitFor();
    expect(await words(page, '.stamp')).toBe('Matches no more');
    expect(await words(page, '.checks')).toBe('No longer matches');
  });

  test('what one screen has seen, all have; it stays seen after a reload, and can be taken back', async () => {
    const console = await runConsole();
    const screen = await newScreen();
    const page = await screen.openIn(console);
    const second = await screen.open(console.url);
    await Promise.all([page, second].map((tab) => tab.getByText('Live').waitFor()));
    await console.output.present('raised', alertOf(exampleMatch({ entry: { category: 'amber' } })));
    await console.output.present('raised', alertOf());
    await Promise.all([page, second].map((tab) => tab.getByText('1 more').waitFor()));
    expect(await words(page, '.card h1')).toBe('Possible AMBER Alert vehicle');
    await pressSeen(page);
    await Promise.all([page, second].map((tab) => tab.locator('.card.standard').waitFor()));
    await page.getByText('Seen: 7ABC123').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await Promise.all([page, second].map((tab) => tab.locator('.card.urgent').waitFor()));
    await pressSeen(page);
    await page.locator('.card.standard').waitFor();
    await pressSeen(page);
    await page.getByText('No new alerts').waitFor();
    expect(await page.locator('.recent li').count()).toBe(2);
    await page.reload();
    await page.getByText('No new alerts').waitFor();
    // Opened again, the card says who has seen it.
    await page.locator('.recent button').first().click();
    await page.locator('.card').getByText('seen by Ada Cole').waitFor();
  });

  test('better pictures replace the missing one without a new alert', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    const images = await pictures();
    const dark: TrackImages = { ...images, overview: null, overviewMissing: 'skew' };
    const alert = alertOf(exampleMatch(), { images: dark });
    await console.output.present('raised', alert);
    await page.getByText('No colour picture: the colour frame').waitFor();
    expect(await page.getByAltText('The vehicle in infra-red').count()).toBe(1);
    console.output.refresh?.({ ...alert, images });
    await page.getByAltText('The vehicle in colour').waitFor();
    expect(await page.locator('.card.raised').count()).toBe(1);
  });

  test('the screen says when the link is lost, comes back by itself and keeps its alerts', async () => {
    const [port, dataDir] = [await freePort(), temporaryFolder()];
    const before = await runConsole({ port, dataDir });
    const page = await (await newScreen()).openIn(before);
    await page.getByText('Live').waitFor();
    await before.output.present('raised', alertOf());
    await page.locator('.card').waitFor();
    await before[Symbol.asyncDispose]();
    await page.getByText('Alerts may be missing from this screen').waitFor();
    const after = await runConsole({ port, dataDir });
    await waitFor(() => after.output.health().state === 'ok');
    await page.getByText('Live').waitFor();
    expect(await words(page, '.card h1')).toBe('Possible stolen vehicle');
    await after.output.present('raised', alertOf(exampleMatch({ entry: { category: 'amber' } })));
    await page.locator('.card h1', { hasText: 'Possible AMBER Alert vehicle' }).waitFor();
  });

  test('a tab that is opened later shows the alerts of the last minutes', async () => {
    const console = await runConsole();
    await console.output.present('raised', alertOf());
    const page = await (await newScreen()).openIn(console);
    await page.locator('.card').waitFor();
  });

  test('markup in a list is text, and nothing that a list says is passed on as a fact', async () => {
    const status = { hotlists: [{ id: 'svs', name: 'Stolen vehicles', state: 'current' }] };
    const console = await runConsole({ status: () => status });
    const screen = await newScreen();
    const page = await screen.openIn(console);
    await fromMenu(page, 'Health');
    await page.getByText('Reported: Stolen vehicles').waitFor();
    const reason = 'STOLEN <img src=x onerror="document.title=1"><script>alert(1)</script>';
    const entry = { reason, colour: 'stolen tags', model: '<b>bold</b>' };
    const other = exampleHit({ match: exampleMatch({ list: { name: 'Stolen plates' } }) });
    await console.output.present(
      'raised',
      alertOf(exampleMatch({ entry, list: { name: 'Stolen vehicles' } }), { others: [other] }),
    );
    await page.locator('.card').waitFor();
    expect(await words(page, '.reason')).toContain(`Reported: ${reason}`);
    expect(await page.locator('.card script, .card img[src="x"]').count()).toBe(0);
    expect(await page.locator('.card b').allInnerTexts()).toEqual([
      'California',
      'California',
      'Reported: stolen tags 2019 Honda <b>bold</b>',
    ]);
    const texts = await page
      .locator('body *')
      .evaluateAll((elements) =>
        elements.flatMap(({ childNodes }) => [...childNodes].map((node) => node.nodeValue ?? '')),
      );
    const bare = texts.filter((text) => /stolen/i.test(text) && !/possibl|reported/i.test(text));
    expect(bare).toEqual([]);
    expect(screen.complaints).toEqual([]);
  });

  test.each([
    [800, 480],
    [1366, 768],
  ])(
    'nothing of many problems is cut off at %i by %i: it wraps, and scrolls from the top',
    async (width, height) => {
      const path = '/var/lib/lookout/hotlist.db.damaged-2026-11-29T10-14-05.231Z';
      const lost = `GONE, it does not alert: hotlist.db was damaged and set aside as ${path}`;
      const hotlists = ['ncic', 'amber', 'local'].map((id) => ({ id, name: id, problem: lost }));
      const status = {
        heads: ['front', 'rear'].map((id) => ({
          id,
          state: 'failed',
          problem: `video ${path}${path}: does not exist`,
        })),
        position: {
          state: 'failed',
          problem: `${path}: cannot be opened; check that the receiver is plugged in`,
        },
        hotlists,
        storage: { problem: lost },
        uplink: {
          state: 'connecting',
          waiting: { hits: 3 },
          problem: `uplink.tls.cert: ${path} cannot be read`,
        },
        outputs: [{ name: 'sound', state: 'failed', problem: lost }],
      };
      const console = await runConsole({ status: () => status });
      const screen = await newScreen();
      const page = await screen.openIn(console);
      await page.setViewportSize({ width, height });
      await console.output.present('raised', alertOf());
      await page.locator('.card').waitFor();
      await pressSeen(page);
      await page.getByText('No new alerts').waitFor();
      await fromMenu(page, 'Health');
      await page.locator('.tile').nth(5).waitFor();
      const place = async (selector: string) => {
        const box = await page.locator(selector).last().boundingBox();
        return { top: box?.y ?? Number.NaN, bottom: (box?.y ?? 0) + (box?.height ?? Number.NaN) };
      };
      expect((await place('h1')).top).toBeGreaterThanOrEqual((await place('.top')).bottom);
      const tooWide = await page
        .locator('main, .tile')
        .evaluateAll((parts) => parts.filter((part) => part.scrollWidth > part.clientWidth).length);
      expect(tooWide).toBe(0);
      await page.mouse.move(width / 3, height / 2);
      await page.mouse.wheel(0, 5000);
      await expect.poll(async () => (await place('.tile')).bottom).toBeLessThanOrEqual(height);
      // The next status must not throw a reader back to the top.
      hotlists.pop();
      await expect
        .poll(() => words(page, '.tile'), { timeout: 20_000 })
        .not.toContain('Reported: local');
      expect((await place('.tile')).bottom).toBeLessThanOrEqual(height);
    },
  );

  test('nothing of a long alert is cut off at 1280 by 800 or on a dash screen of 800 by 480', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    const entry = {
      category: 'extreme_risk_protection_order' as const,
      reason:
        'Armed robbery on Main Street; two occupants, considered armed. Caution. Do not approach alone.',
    };
    const other = exampleHit({ match: exampleMatch({ list: { name: 'Agency BOLO' } }) });
    const alert = alertOf(
      exampleMatch({ entry, list: { name: 'State and county vehicle list' } }),
      {
        others: [other],
        images: await pictures(),
      },
    );
    const lost = {
      ...alert.hit,
      fix: exampleFix({ quality: 'none', latitude: null, longitude: null }),
    };
    await console.output.present('raised', { ...alert, hit: lost });
    await page.locator('.card').waitFor();
    for (const [width, height] of [
      [1280, 800],
      [800, 480],
    ] as const) {
      await page.setViewportSize({ width, height });
      await waitFor(() => page.evaluate(`innerWidth === ${width} && innerHeight === ${height}`));
      const bottom = await page.locator('.card').evaluate((card) => card.clientHeight);
      const cut = await page
        .locator('.card .listing, .card dd, .card .banner')
        .evaluateAll((parts) =>
          parts
            .filter(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight + 2)
            .map((part) => part.textContent),
        );
      expect(bottom).toBeGreaterThan(height * 0.85);
      expect(cut).toEqual([]);
    }
  });

  test('the calm view says what does not work', async () => {
    const status = {
      version: '0.2.0-4fc91d2',
      releaseMadeAt: '2026-11-29T07:30:05Z',
      heads: [
        { id: 'front', state: 'running', problem: null, health: { readFps: 14.81 } },
        { id: 'rear', state: 'failed', problem: 'No frame for 5 s: check its cable.' },
      ],
      position: { state: 'searching', quality: 'none', fixAgeMs: null, problem: null },
      hotlists: [{ id: 'svs', name: 'State list', state: 'current', ageS: 50_400, problem: null }],
      uplink: { connected: true, waiting: { hit: 1, detection: 104_002 }, problem: null },
      outputs: [{ name: 'sound', state: 'fallback', problem: 'No device.' }],
      counts: { reads: 12 },
    };
    const console = await runConsole({ status: () => status });
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Watching with 1 camera, 12 plates read').waitFor();
    // Of what works and what does not, nothing is cut off at the edge.
    const isCut = await page.evaluate<boolean>(
      "document.querySelector('.chips').scrollWidth > document.querySelector('.chips').clientWidth",
    );
    expect(isCut).toBe(false);
    // What is broken is said here too; the rest is one touch away.
    expect(await words(page, '.drive-problem')).toContain('No device.');
    await page.locator('.chip').first().click();
    await page.locator('.tile').first().waitFor();
    const tiles = (await page.locator('.tile').allInnerTexts()).map((t) => t.replace(/\s+/g, ' '));
    expect(tiles).toEqual([
      'Sound Alerts make no sound No device.',
      'Cameras Front running, 14.8 frames/s; rear failed No frame for 5 s: check its cable.',
      'GPS No GPS fix',
      'Link Headquarters: connected, 104003 waiting',
      'Lists State list: 0 entries, 14 h old',
    ]);
    await page.getByText('Release 0.2.0-4fc91d2, made 2026-11-29 07:30 UTC').waitFor();
  });

  test('twenty-five alerts are all there again after a reload (PRA-7)', async () => {
    const console = await runConsole();
    const page = await (await newScreen()).openIn(console);
    await page.getByText('Live').waitFor();
    for (let n = 0; n < 25; n += 1) await console.output.present('raised', alertOf());
    await page.getByText('24 more').waitFor();
    await page.reload();
    await page.getByText('24 more').waitFor();
  });
});
