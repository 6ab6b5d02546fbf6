import { describe, expect, test } from 'vitest';
import { hasChromium, newScreen, useChromium } from '../console/browser.ts';
import { press, tabTo, write } from '../console/by-keyboard.ts';
import { hasFirefox, newFirefoxScreen, useFirefox } from '../console/firefox.ts';
import { chooseTheme, cutOff, faultsOf, sizes, small } from '../console/page-checks.ts';
import { sampleDetection, sampleHit, sampleImages } from '../records/samples.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { logInAda, makeAda, openDepartment } from './department.ts';

useChromium();
useFirefox();

/** Headquarters that has heard a unit and an alert of it, and how Ada comes in. */
async function openHeard() {
  const department = await openDepartment();
  const { headquarters } = await department.startHeadquarters();
  await makeAda(headquarters);
  const car = department.unit('unit-7');
  await car.uplink.start();
  const at = new Date().toISOString();
  const detection = sampleDetection({ unit: 'unit-7', firstSeen: at, lastSeen: at, closed: true });
  const times = { ...sampleHit(detection).times, capturedAtMs: Date.now() };
  const hit = sampleHit(detection, { raisedAt: at, changedAt: at, times });
  await car.records.storeHits({ hits: [hit], detection, images: await sampleImages(1) });
  await expect.poll(() => headquarters.status().undisposed, { timeout: 20_000 }).toBe(1);
  const cookie = `lookout-headquarters=${await logInAda(headquarters)}`;
  return (place: string) => ({ url: `${headquarters.console?.url}#/${place}`, cookie });
}

describe.skipIf(missingMosquitto !== null)(
  'the screens that headquarters alone has',
  { timeout: 120_000 },
  () => {
    test.skipIf(!hasFirefox)(
      'have nothing cut off, keys large enough and no fault for axe in Firefox',
      async () => {
        const at = await openHeard();
        const page = await (await newFirefoxScreen()).openIn(at('board'));
        const faults: string[] = [];
        for (const [place, words] of [
          ['board', 'Possible stolen vehicle'],
          ['units', 'On the air'],
          ['clones', 'Possible clones'],
        ] as const) {
          await page.goto(at(place).url);
          await page.getByText(words).first().waitFor();
          if (place === 'units') {
            await page.evaluate(`(() => {
              const deed = document.querySelector('[name="ordered-deed"]');
              deed.value = 'revoke';
              deed.dispatchEvent(new Event('change', { bubbles: true }));
            })()`);
            await page.getByLabel('Its id, typed again').waitFor();
          }
          await chooseTheme(page, 'night');
          for (const fault of await faultsOf(page)) faults.push(`${place}: ${fault}`);
          for (const [width, height] of sizes) {
            await page.setViewportSize({ width, height });
            for (const fault of [...(await cutOff(page)), ...(await small(page))]) {
              faults.push(`${place} ${width}×${height} ${fault.replaceAll(/\s+/g, ' ')}`);
            }
          }
          await page.setViewportSize({ width: 1280, height: 800 });
        }
        expect(faults).toEqual([]);
      },
    );

    test.skipIf(!hasChromium)(
      'a unit is shut out by keyboard alone, in forced colours (BRE-1)',
      async () => {
        const at = await openHeard();
        const screen = await newScreen({ forcedColors: 'active' });
        const page = await screen.openIn(at('units'));
        await page.getByRole('row', { name: /^unit-7 On the air/ }).waitFor();
        await tabTo(page, 'Unit');
        await page.keyboard.type('unit-7');
        await tabTo(page, 'What it must do');
        await page.keyboard.type('Shut');
        await write(page, 'Why', 'Stolen from the yard');
        await write(page, 'Its id, typed again', 'unit-7');
        await press(page, 'Order it');
        await press(page, 'Revoke them');
        // Its authority is not on this computer: the screen says so, and what to run.
        await page
          .getByRole('row', { name: /unit-7 .*not done yet.* revoke-unit --ordered/ })
          .waitFor();
        await page.getByRole('row', { name: /^unit-7 On the air\. To be shut out/ }).waitFor();
        expect(await faultsOf(page)).toEqual([]);
      },
    );
  },
);
