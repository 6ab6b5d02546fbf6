import { expect } from 'vitest';
import type { Permission } from '../../src/accountability/gate/permissions.ts';
import type { AnyLocator, AnyPage } from './any-page.ts';
import { statePurpose } from './desk-page.ts';
import { caseNumber, listFile, type openFurnishedUnit, staff } from './furnished-unit.ts';

export type FurnishedUnit = Awaited<ReturnType<typeof openFurnishedUnit>>;

/** A screen with content, as somebody sees it who may open it. */
export interface Sight {
  /** Its picture's name. */
  name: string;
  /** Who looks: a role, or the administrator. */
  who: keyof typeof staff | 'administrator';
  /** What it takes to look, where it is somebody else's work under another policy. */
  needs?: Permission;
  /** Where it is: `hot-plates/new`. */
  address: string;
  /** Whether it is worked with at the screen of a car. */
  isInCar?: boolean;
  /** What is there once all of it has come; also brings it there. */
  ready: (page: AnyPage, unit: FurnishedUnit) => Promise<unknown>;
}

const heading = (name: string | RegExp) => (page: AnyPage) =>
  page.getByRole('heading', { name }).first().waitFor();
const words = (text: string | RegExp) => (page: AnyPage) => page.getByText(text).first().waitFor();
const row = (name: string | RegExp) => (page: AnyPage) =>
  page.getByRole('row', { name }).first().waitFor();

/** Waits until one of these is there; says whether it is the first. */
async function isFirst(one: AnyLocator, other: AnyLocator): Promise<boolean> {
  const isThere = async () => (await one.isVisible()) || (await other.first().isVisible());
  await expect.poll(isThere, { timeout: 30_000 }).toBe(true);
  return one.isVisible();
}

/** States the purpose where the page asks for one before it shows what it has. */
async function comes(page: AnyPage, what: AnyLocator): Promise<void> {
  const question = page.getByRole('dialog', { name: 'Purpose' });
  if (await isFirst(question, what)) await statePurpose(page, caseNumber);
  await what.first().waitFor();
}

/** The verification of an alert; gives its number where the policy asks for one before anything is shown. */
async function verificationComes(page: AnyPage): Promise<void> {
  const steps = page.locator('.steps');
  const number = page.getByLabel('CAD or incident number');
  if (!(await isFirst(steps, number))) {
    await number.fill('26-004418');
    await press(page, 'Go on');
  }
  await steps.waitFor();
}

async function press(page: AnyPage, name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name }).first().click();
}

/** Every screen, the alert last: it covers the others on the screens of those who see alerts. */
export function sightsOf({ read, hit, hotPlate, release }: FurnishedUnit): Sight[] {
  return [
    {
      name: 'drive',
      isInCar: true,
      who: 'officer',
      address: 'drive',
      ready: heading(/No (new )?alerts/),
    },
    {
      name: 'open-alerts',
      isInCar: true,
      who: 'officer',
      address: 'open',
      ready: (page) => page.locator('.hits .line').first().waitFor(),
    },
    {
      name: 'verify',
      isInCar: true,
      who: 'officer',
      address: `hit/${hit}`,
      async ready(page) {
        await verificationComes(page);
        await words('Is this the plate on the vehicle?')(page);
      },
    },
    {
      name: 'verify-status',
      isInCar: true,
      who: 'officer',
      address: `hit/${hit}`,
      async ready(page) {
        await verificationComes(page);
        await page.getByRole('button', { name: 'Status', expanded: false }).click();
        await page.getByText('What dispatch answers').waitFor();
      },
    },
    {
      name: 'verify-close',
      isInCar: true,
      who: 'officer',
      address: `hit/${hit}`,
      async ready(page) {
        await verificationComes(page);
        await page.getByRole('button', { name: 'Close', expanded: false }).click();
        await press(page, 'Misread plate');
        await page.getByLabel('Plate as on the vehicle').waitFor();
      },
    },
    {
      name: 'purpose',
      isInCar: true,
      who: 'officer',
      address: 'alerts',
      ready: (page) => page.getByRole('dialog', { name: 'Purpose' }).waitFor(),
    },
    {
      name: 'alerts-of-the-day',
      isInCar: true,
      who: 'officer',
      address: 'alerts',
      ready: (page) => comes(page, page.locator('.hits .line')),
    },
    {
      name: 'policy',
      who: 'officer',
      address: 'policy',
      ready: words(/\(profile /),
    },
    {
      name: 'health',
      isInCar: true,
      who: 'officer',
      address: 'health',
      ready: (page) => page.locator('.tile').first().waitFor(),
    },
    {
      name: 'my-account',
      isInCar: true,
      who: 'officer',
      address: 'me',
      ready: heading('What I may do'),
    },
    {
      name: 'report',
      who: 'officer',
      address: 'inbox/new',
      ready: (page) => page.getByLabel('What it is about').waitFor(),
    },
    {
      name: 'search',
      who: 'detective',
      address: 'search',
      async ready(page) {
        await page.getByLabel('Plate or part of it').fill('8LV*');
        // Its day begins at midnight, and its reads are some hours old.
        await press(page, 'All that is kept');
        await page.getByRole('button', { name: 'Search', exact: true }).click();
        await comes(page, page.getByRole('heading', { name: /^\d+ reads/ }));
      },
    },
    {
      name: 'read',
      who: 'detective',
      address: `read/${read}`,
      async ready(page) {
        await comes(page, page.getByRole('button', { name: /Show \d pictures/ }));
        await press(page, /Show \d pictures/);
        await page.locator('figure img').nth(2).waitFor();
        await press(page, 'Path of this plate');
        await row(/2/)(page);
      },
    },
    {
      name: 'stakeout',
      who: 'detective',
      address: 'stakeout',
      async ready(page) {
        const area = page.getByRole('group', { name: 'Area 1' });
        await area.getByLabel('Centre').fill('38.1041, -122.2566');
        await area
          .getByLabel('Radius')
          .fill('800')
          .catch(() => undefined);
        await area.getByLabel('From').fill('yesterday');
        await area.getByLabel('To', { exact: true }).fill('now');
        await press(page, 'Find the vehicles');
        await comes(page, page.getByRole('heading', { name: /^\d+ vehicles?/ }));
      },
    },
    {
      name: 'canvass',
      isInCar: true,
      who: 'detective',
      address: 'canvass',
      async ready(page) {
        await press(page, caseNumber);
        await comes(page, page.getByText(/vehicles in \d+ reads/));
      },
    },
    {
      name: 'hot-plate-entry',
      isInCar: true,
      who: 'detective',
      address: 'hot-plates/new',
      ready: (page) => page.getByLabel('Plate', { exact: true }).waitFor(),
    },
    {
      name: 'hot-plates',
      isInCar: true,
      who: 'administrator',
      address: 'hot-plates',
      needs: 'hotplates.approve',
      ready: (page) => comes(page, page.getByRole('row', { name: /9FPG536/ })),
    },
    {
      name: 'hot-plate',
      isInCar: true,
      who: 'administrator',
      address: `hot-plates/${hotPlate}`,
      ready: (page) => comes(page, page.getByText('Burglary of a shop on Main Street')),
    },
    {
      name: 'hot-lists',
      who: 'administrator',
      address: 'lists',
      ready: words('SVS stolen vehicles'),
    },
    {
      name: 'hot-list-import',
      needs: 'hotlist.manage',
      who: 'administrator',
      address: 'lists/svs',
      async ready(page) {
        const buffer = listFile(['8LÄVN36 CA0720260310', 'no line of a table']);
        await page
          .getByLabel('File of the list')
          .setInputFiles({ name: 'svs.txt', mimeType: 'text/plain', buffer });
        await page.getByRole('region', { name: 'What an import would do' }).waitFor();
      },
    },
    {
      name: 'retention',
      needs: 'retention.read',
      who: 'administrator',
      address: 'retention',
      ready: row(/reads/),
    },
    {
      name: 'people',
      needs: 'accounts.read',
      who: 'administrator',
      address: 'people',
      ready: words('Casey Lane'),
    },
    {
      name: 'person',
      needs: 'accounts.change',
      who: 'administrator',
      address: `people/${staff.officer[0]}`,
      ready: heading(staff.officer[1]),
    },
    {
      name: 'new-account',
      needs: 'accounts.create',
      who: 'it_manager',
      address: 'new-account',
      ready: (page) => page.getByLabel('Username', { exact: true }).waitFor(),
    },
    {
      name: 'cases',
      needs: 'holds.read',
      who: 'supervisor',
      address: 'cases',
      ready: words(caseNumber),
    },
    {
      name: 'case',
      needs: 'holds.read',
      who: 'supervisor',
      address: `cases/${caseNumber}`,
      ready: row(/Discovery request of the defence/),
    },
    { name: 'inbox', who: 'supervisor', address: 'inbox', ready: heading('Inbox') },
    {
      name: 'reported',
      needs: 'reports.read',
      who: 'supervisor',
      address: 'inbox/report/1',
      ready: words('The camera read a sticker'),
    },
    {
      name: 'releases',
      needs: 'releases.request',
      who: 'records_clerk',
      address: 'releases',
      ready: row(/Contra Costa/),
    },
    {
      name: 'release-entry',
      needs: 'releases.request',
      who: 'records_clerk',
      address: 'releases/new',
      ready: (page) => page.getByLabel('Person who asks').waitFor(),
    },
    {
      name: 'release',
      needs: 'releases.approve',
      who: 'chief',
      address: `releases/${release}`,
      // Under Barstow's policy who enters a request here is the one who could decide others'.
      ready: (page) => page.getByRole('heading', { name: 'Decide' }).waitFor(),
    },
    {
      name: 'audit-due',
      needs: 'audit.read',
      who: 'auditor',
      address: 'audit',
      ready: row(/Audit of detection browsing/),
    },
    {
      name: 'audit-samples',
      needs: 'audit.read',
      who: 'auditor',
      address: 'audit/samples',
      ready: row(/car-7-0001/),
    },
    {
      name: 'audit-memo',
      needs: 'audit.manage',
      who: 'auditor',
      address: 'audit/memo/car-7-0001',
      ready: words(/0 of \d judged/),
    },
    {
      name: 'audit-log',
      needs: 'audit.read',
      who: 'auditor',
      address: 'audit/log',
      async ready(page) {
        await page.getByRole('button', { name: 'Show', exact: true }).click();
        await row(/Search the plates that were read/)(page);
      },
    },
    {
      name: 'audit-use',
      needs: 'audit.read',
      who: 'auditor',
      address: 'audit/use',
      async ready(page) {
        await press(page, 'Make the report');
        await row(/reyes/)(page);
      },
    },
    {
      name: 'audit-chain',
      needs: 'audit.read',
      who: 'auditor',
      address: 'audit/chain',
      ready: words('no record was changed, removed'),
    },
    { name: 'figures', who: 'auditor', address: 'figures', ready: heading('Figures') },
    {
      name: 'trainings',
      needs: 'training.record',
      who: 'training_coordinator',
      address: 'trainings',
      ready: heading('Trainings'),
    },
    {
      name: 'training',
      needs: 'training.record',
      who: 'training_coordinator',
      address: `trainings/${staff.officer[0]}`,
      ready: (page) => page.getByLabel('Training course').waitFor(),
    },
    {
      name: 'aim',
      needs: 'cameras.aim',
      who: 'maintenance',
      address: 'aim',
      ready: heading(/Aim/),
    },
    {
      name: 'menu',
      isInCar: true,
      who: 'administrator',
      address: 'drive',
      async ready(page) {
        await press(page, /^Menu/);
      },
    },
    {
      name: 'mutes',
      who: 'administrator',
      address: 'mutes',
      ready: words('Nothing is muted.'),
    },
    { name: 'capture', who: 'chief', address: 'capture', ready: heading('Suspended capture') },
    {
      name: 'lost-unit',
      who: 'administrator',
      address: 'lost-unit',
      ready: heading('Lock or wipe this unit'),
    },
    ...(['stolen', 'near', 'urgent'] as const).map(
      (kind): Sight => ({
        name: kind === 'stolen' ? 'alert' : `alert-${kind}`,
        isInCar: true,
        who: 'officer',
        address: 'drive',
        async ready(page, unit) {
          await unit.raise(kind);
          const card = page.locator(`.card.${kind === 'stolen' ? 'standard' : kind}`);
          await card.locator('[name="seen"]:not([aria-disabled])').waitFor();
          await card.locator('.picture img').first().waitFor();
        },
      }),
    ),
  ];
}
