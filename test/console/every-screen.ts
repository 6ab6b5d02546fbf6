import type { AnyPage } from './any-page.ts';
import { statePurpose } from './desk-page.ts';
import { caseNumber, listFile, type openFurnishedUnit, staff } from './furnished-unit.ts';

export type FurnishedUnit = Awaited<ReturnType<typeof openFurnishedUnit>>;

/** A screen with content, as somebody sees it who may open it. */
export interface Sight {
  /** Its picture's name. */
  name: string;
  /** Who looks: a role, or the administrator. */
  who: keyof typeof staff | 'administrator';
  /** Where it is: `hot-plates/new`. */
  address: string;
  /** What is there once all of it has come; also brings it there. */
  ready: (page: AnyPage, unit: FurnishedUnit) => Promise<unknown>;
}

const heading = (name: string | RegExp) => (page: AnyPage) =>
  page.getByRole('heading', { name }).first().waitFor();
const words = (text: string | RegExp) => (page: AnyPage) => page.getByText(text).first().waitFor();
const row = (name: string | RegExp) => (page: AnyPage) =>
  page.getByRole('row', { name }).first().waitFor();

async function stateIfAsked(page: AnyPage): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Purpose' });
  const isAsked = await dialog.waitFor({ timeout: 1500 }).then(
    () => true,
    () => false,
  );
  if (isAsked) await statePurpose(page, caseNumber);
}

async function press(page: AnyPage, name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name }).first().click();
}

/** Every screen, the alert last: it covers the others on the screens of those who see alerts. */
export function sightsOf({ read, hit, hotPlate, release }: FurnishedUnit): Sight[] {
  return [
    { name: 'drive', who: 'officer', address: 'drive', ready: heading(/No (new )?alerts/) },
    {
      name: 'open-alerts',
      who: 'officer',
      address: 'open',
      ready: (page) => page.locator('.hits .line').first().waitFor(),
    },
    {
      name: 'verify',
      who: 'officer',
      address: `hit/${hit}`,
      ready: words('Is this the plate on the vehicle?'),
    },
    {
      name: 'verify-close',
      who: 'officer',
      address: `hit/${hit}`,
      async ready(page) {
        await page.getByRole('button', { name: 'Close', expanded: false }).click();
        await press(page, 'Misread plate');
        await page.getByLabel('Plate as on the vehicle').waitFor();
      },
    },
    {
      name: 'alerts-of-the-day',
      who: 'officer',
      address: 'alerts',
      async ready(page) {
        await press(page, 'Show');
        await stateIfAsked(page);
        await page.locator('.hits .line').first().waitFor();
      },
    },
    {
      name: 'policy',
      who: 'officer',
      address: 'policy',
      ready: words('Vallejo Police Department'),
    },
    {
      name: 'health',
      who: 'officer',
      address: 'health',
      ready: (page) => page.locator('.tile').first().waitFor(),
    },
    { name: 'my-account', who: 'officer', address: 'me', ready: heading('What I may do') },
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
        await page.getByRole('button', { name: 'Search', exact: true }).click();
        await stateIfAsked(page);
        await heading(/^\d+ reads/)(page);
      },
    },
    {
      name: 'read',
      who: 'detective',
      address: `read/${read}`,
      async ready(page) {
        await stateIfAsked(page);
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
        await stateIfAsked(page);
        await heading(/^\d+ vehicles?/)(page);
      },
    },
    {
      name: 'canvass',
      who: 'detective',
      address: 'canvass',
      async ready(page) {
        await press(page, caseNumber);
        await stateIfAsked(page);
        await words(/vehicles in \d+ reads/)(page);
      },
    },
    {
      name: 'hot-plate-entry',
      who: 'detective',
      address: 'hot-plates/new',
      ready: (page) => page.getByLabel('Plate', { exact: true }).waitFor(),
    },
    { name: 'hot-plates', who: 'administrator', address: 'hot-plates', ready: row(/9FPG536/) },
    {
      name: 'hot-plate',
      who: 'administrator',
      address: `hot-plates/${hotPlate}`,
      async ready(page) {
        await stateIfAsked(page);
        await page.getByText('Burglary of a shop on Main Street').first().waitFor();
      },
    },
    {
      name: 'hot-lists',
      who: 'administrator',
      address: 'lists',
      ready: words('SVS stolen vehicles'),
    },
    {
      name: 'hot-list-import',
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
    { name: 'retention', who: 'administrator', address: 'retention', ready: row(/reads/) },
    { name: 'people', who: 'administrator', address: 'people', ready: words('Casey Lane') },
    {
      name: 'person',
      who: 'administrator',
      address: `people/${staff.officer[0]}`,
      ready: heading(staff.officer[1]),
    },
    {
      name: 'new-account',
      who: 'it_manager',
      address: 'new-account',
      ready: (page) => page.getByLabel('Username', { exact: true }).waitFor(),
    },
    { name: 'cases', who: 'supervisor', address: 'cases', ready: words(caseNumber) },
    {
      name: 'case',
      who: 'supervisor',
      address: `cases/${caseNumber}`,
      ready: row(/Discovery request of the defence/),
    },
    { name: 'inbox', who: 'supervisor', address: 'inbox', ready: heading('Inbox') },
    {
      name: 'reported',
      who: 'supervisor',
      address: 'inbox/report/1',
      ready: words('The camera read a sticker'),
    },
    { name: 'releases', who: 'records_clerk', address: 'releases', ready: row(/Contra Costa/) },
    {
      name: 'release-entry',
      who: 'records_clerk',
      address: 'releases/new',
      ready: (page) => page.getByLabel('Person who asks').waitFor(),
    },
    {
      name: 'release',
      who: 'chief',
      address: `releases/${release}`,
      ready: (page) => page.getByLabel('Why').waitFor(),
    },
    {
      name: 'audit-due',
      who: 'auditor',
      address: 'audit',
      ready: row(/Audit of detection browsing/),
    },
    { name: 'audit-samples', who: 'auditor', address: 'audit/samples', ready: row(/car-7-0001/) },
    {
      name: 'audit-memo',
      who: 'auditor',
      address: 'audit/memo/car-7-0001',
      ready: words(/0 of \d judged/),
    },
    {
      name: 'audit-log',
      who: 'auditor',
      address: 'audit/log',
      async ready(page) {
        await page.getByRole('button', { name: 'Show', exact: true }).click();
        await row(/Search the plates that were read/)(page);
      },
    },
    {
      name: 'audit-use',
      who: 'auditor',
      address: 'audit/use',
      async ready(page) {
        await press(page, 'Make the report');
        await row(/reyes/)(page);
      },
    },
    {
      name: 'audit-chain',
      who: 'auditor',
      address: 'audit/chain',
      ready: words('no record was changed, removed'),
    },
    { name: 'figures', who: 'auditor', address: 'figures', ready: heading('Figures') },
    {
      name: 'trainings',
      who: 'training_coordinator',
      address: 'trainings',
      ready: heading('Trainings'),
    },
    {
      name: 'training',
      who: 'training_coordinator',
      address: 'trainings/ada',
      ready: (page) => page.getByLabel('Training course').waitFor(),
    },
    { name: 'aim', who: 'maintenance', address: 'aim', ready: heading(/Aim/) },
    {
      name: 'menu',
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
      async ready(page) {
        await heading('Muted entries')(page);
        await stateIfAsked(page);
      },
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
