import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { unzip } from '../../src/accountability/evidence/zip.ts';
import { nameOfficial } from '../../src/accountability/officials/operations.ts';
import {
  approveRelease,
  requestRelease,
  verifyRelease,
} from '../../src/accountability/releases/operations.ts';
import type { releaseInputSchema } from '../../src/accountability/releases/release-request.ts';
import { setHold } from '../../src/accountability/retention/operations.ts';
import { localDay } from '../../src/platform/local-time.ts';
import { hasChromium, useChromium } from './browser.ts';
import { expectUsable, openDesk, statePurpose } from './desk-page.ts';

useChromium();

const caseNumber = '26-0040001';

/** Presses Download, and gives the names of the files in the ZIP that arrives. */
async function downloaded(page: Page, name: string): Promise<string[]> {
  const arriving = page.waitForEvent('download');
  await page.getByRole('button', { name }).click();
  return unzip(readFileSync(await (await arriving).path())).map((entry) => entry.name);
}

describe.skipIf(!hasChromium)(
  'releases and cases in Chromium (skipped without /usr/bin/chromium)',
  () => {
    test('a clerk enters a request, the chief approves it on their own login, the package is downloaded, and a second is refused (REL-2)', async () => {
      const { staffed, pageOf } = await openDesk('vallejo');
      staffed.join('lea', 'records_clerk', 'L. Lea');
      staffed.join('chief', 'chief', 'C. Chief');
      const { detectionId } = await staffed.passes(false);
      // Who may see no alerts begins with their own work.
      const clerk = await pageOf('lea', '');
      await clerk.getByText('No request is on file.').waitFor();
      await clerk.getByRole('button', { name: 'Enter a request' }).click();
      await clerk.getByLabel('Agency', { exact: true }).fill('Contra Costa County Sheriff');
      await clerk.getByLabel('Person who asks').fill('Jane Doe');
      await clerk.getByLabel('Purpose and legal basis').fill('Homicide of 12 November');
      await clerk.getByLabel('What is asked for').fill('Reads of 8ABC123');
      await clerk.getByLabel('Plates, each with its state').fill('CA:8ABC123');
      await clerk.getByLabel('Seen from').fill('yesterday');
      await clerk.getByLabel('Seen to').fill(localDay(Date.now() + 86_400_000));
      await expectUsable(clerk);
      await clerk.getByRole('button', { name: 'Enter the request' }).click();
      await clerk.getByRole('alert').getByText('the request must be in writing').waitFor();
      expect(await clerk.getByLabel('Person who asks').inputValue()).toBe('Jane Doe');
      await clerk.getByLabel('Where the written request is filed').fill('Letter of 20 November');
      await clerk.getByRole('button', { name: 'Enter the request' }).click();
      await clerk.getByLabel('How it was verified').fill('Called back at its published number');
      await clerk.getByRole('button', { name: 'Verified' }).click();
      await clerk.getByText('8ABC123 of California or a state that was not read').waitFor();
      expect(await clerk.getByRole('button', { name: 'Approve' }).count()).toBe(0);

      const chief = await pageOf('chief', 'releases');
      await chief.getByRole('button', { name: 'Waiting for me 1' }).waitFor();
      await expectUsable(chief);
      await chief.getByRole('button', { name: /^20\d\d-0001$/ }).click();
      await chief.getByLabel('Why').fill('There is a need to know');
      await expectUsable(chief);
      await chief.getByRole('button', { name: 'Approve' }).click();
      const refusal = chief.getByRole('alert').getByText('the California Values Act is considered');
      expect(await refusal.textContent()).toMatch(/answer that you did\.$/);
      await chief.getByLabel(/I considered the California Values Act/).check();
      await chief.getByRole('button', { name: 'Approve' }).click();
      await chief.getByText('Approved', { exact: true }).waitFor();

      await clerk.reload();
      await clerk.getByRole('button', { name: 'Search for 8ABC123' }).click();
      await clerk.getByRole('button', { name: 'Search', exact: true }).click();
      await statePurpose(clerk, caseNumber);
      await clerk.getByRole('button', { name: /aside for a package/ }).click();
      await clerk.goBack();
      // By its plate and time: nobody compares ids.
      await clerk
        .getByRole('listitem')
        .getByText(/^8ABC123, 20\d\d-\d\d-\d\d \d\d:/)
        .waitFor();
      expect(await clerk.locator('main').innerText()).not.toContain(detectionId);
      await clerk.getByRole('button', { name: 'Make a package' }).click();
      await clerk.getByText('Approved, used up').waitFor();
      await expectUsable(clerk);
      const files = await downloaded(clerk, 'Download the package');
      expect(files).toContain('volume-1/manifest.json');
      // One look, and no refusal beside it for whoever audits.
      const looks = staffed.accountability.audit.read(
        { operation: 'evidence.fetch' },
        { limit: 10 },
      );
      expect(looks.map(({ outcome }) => outcome)).toEqual(['done']);
      await clerk.getByText('None: put them aside').waitFor();
      await clerk.getByText('Other reads, by their ids').click();
      await clerk.getByLabel('Ids of reads').fill(detectionId);
      await clerk.getByRole('button', { name: 'Make a package' }).click();
      await clerk
        .getByRole('alert')
        .getByText(/is used up by the package of/)
        .waitFor();
    });

    test('reads outside a request are named with their bound, and left out by one touch (V 426.9(b))', async () => {
      const { staffed, pageOf } = await openDesk('vallejo');
      staffed.join('lea', 'records_clerk', 'L. Lea');
      staffed.join('chief', 'chief', 'C. Chief');
      const asked = (plate: string): z.input<typeof releaseInputSchema> => ({
        agency: 'Contra Costa County Sheriff',
        person: 'Jane Doe',
        purpose: 'Homicide of 12 November',
        data: `Reads of ${plate}`,
        reference: 'Letter of 20 November',
        kind: 'law_enforcement',
        covers: { plates: [plate], spans: [{ from: 'yesterday', to: 'today' }] },
      });
      const approved = async (plate: string) => {
        const { number } = await staffed.as('lea', requestRelease, asked(plate));
        await staffed.as('lea', verifyRelease, { id: number, how: 'Called back' });
        const approval = { id: number, why: 'Need to know', valuesActConsidered: true };
        await staffed.as('chief', approveRelease, approval);
        return number;
      };
      const covered = await staffed.passes(false);
      const other = await staffed.passes(false, '6MZR274');
      const page = await pageOf('lea', `releases/${await approved('CA:8ABC123')}`);
      await page.getByText('Other reads, by their ids').click();
      await page
        .getByLabel('Ids of reads')
        .fill([covered, other].map(({ detectionId }) => detectionId).join('\n'));
      await page.getByRole('button', { name: 'Make a package' }).click();
      await statePurpose(page, caseNumber);
      const refusal = page.getByRole('alert');
      await refusal.getByText('1 of 2 detections').waitFor();
      const said = await refusal.innerText();
      expect(said).toMatch(/^6MZR274.*, seen \d{4}-.* at .*: not 8ABC123 of California or/m);
      expect(said).not.toMatch(/lookout|--/);
      await expectUsable(page);
      await page.getByRole('button', { name: 'Leave them out and make it' }).click();
      await page.getByText('1 read outside the request').waitFor();
      await page.getByText('Approved, used up').waitFor();
      expect(await refusal.count()).toBe(0);

      await page.goto(`${page.url().split('#')[0]}#/releases/${await approved('CA:7XYZ999')}`);
      await page.getByText('Other reads, by their ids').click();
      await page.getByLabel('Ids of reads').fill(other.detectionId);
      await page.getByRole('button', { name: 'Make a package' }).click();
      await refusal.getByText('1 of 1 detections').waitFor();
      expect(await page.getByRole('button', { name: 'Leave them out' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Enter another request' }).click();
      await page.getByLabel('What is asked for').waitFor();
    });

    test('a request names a box; the approver sees it on the map, draws less and may not draw more; who entered it decides nothing (REL-2)', async () => {
      const { staffed, pageOf } = await openDesk('vallejo');
      staffed.join('chief', 'chief', 'C. Chief');
      staffed.join('olive', 'chief', 'O. Olive');
      const page = await pageOf('chief', 'releases/new');
      await page.getByLabel('Agency', { exact: true }).fill('Contra Costa County Sheriff');
      await page.getByLabel('Person who asks').fill('Jane Doe');
      await page.getByLabel('Where the written request is filed').fill('Letter of 20 November');
      await page.getByLabel('Purpose and legal basis').fill('Homicide of 12 November');
      await page.getByLabel('What is asked for').fill('Reads around the scene');
      await page.getByRole('button', { name: 'Box', exact: true }).click();
      await page.getByLabel('South-west corner').fill('38.09, -122.26');
      await page.getByLabel('North-east corner').fill('38.11');
      await page.getByLabel('Seen from').fill('yesterday');
      await page.getByLabel('Seen to').fill('today');
      await page.getByRole('button', { name: 'Enter the request' }).click();
      await page.getByRole('alert').getByText('The north-east corner is a latitude').waitFor();
      await page.getByLabel('North-east corner').fill('38.11, -122.24');
      await page.getByRole('button', { name: 'Draw it on a map' }).click();
      await page.getByRole('application', { name: /^1 area on a map/ }).waitFor();
      await expectUsable(page);
      await page.getByRole('button', { name: 'Enter the request' }).click();
      await page.getByLabel('How it was verified').fill('Called back at its published number');
      await page.getByText('You entered this request').waitFor();
      expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
      const number = page.url().split('/').at(-1);

      const other = await pageOf('olive', `releases/${number}`);
      await other.getByText('It can be approved once it is on file').waitFor();
      expect(await other.getByRole('button', { name: 'Approve' }).count()).toBe(0);
      await page.getByRole('button', { name: 'Verified' }).click();
      await page.getByText(/Called back at its published number$/).waitFor();
      await other.reload();
      await other.getByRole('application', { name: /^The area of the request/ }).waitFor();
      await other.getByLabel('Why').fill('There is a need to know');
      await other.getByLabel(/I considered the California Values Act/).check();
      await other.getByLabel('Centre').fill('38.1, -122.25');
      await other.getByLabel('Radius').fill('5000');
      await other.getByRole('button', { name: 'Approve' }).click();
      await other.getByRole('alert').getByText('not widen it: area').waitFor();
      await other.getByLabel('Radius').fill('300');
      await expectUsable(other);
      await other.getByRole('button', { name: 'Approve' }).click();
      await other.getByText('a circle of 300 m round 38.1, -122.25').first().waitFor();
    });

    test('a sergeant keeps a case, packs and books it; an officer is refused (RET-10)', async () => {
      const { staffed, pageOf } = await openDesk('vallejo');
      staffed.join('moss', 'supervisor', 'M. Moss');
      const officer = staffed.join('poe', 'officer', 'P. Poe');
      const { detectionId } = await staffed.passes(false);
      const page = await pageOf('moss', 'cases');
      await page.getByLabel('Case number').fill(caseNumber);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: `Case ${caseNumber}` }).waitFor();
      await page.getByLabel('Why it is kept').fill('Discovery request of the defence');
      await page.getByRole('button', { name: 'Keep it' }).click();
      await statePurpose(page, caseNumber);
      await page.getByRole('row', { name: /Discovery request of the defence.*In force/ }).waitFor();
      await page.getByRole('button', { name: 'A plate', exact: true }).click();
      await page.getByLabel('Plate', { exact: true }).fill('8a');
      await page.getByLabel('Why it is kept').fill('Its owner is a witness');
      await page.getByRole('button', { name: 'Keep it' }).click();
      await page.getByRole('alert').getByText('needs at least 3 known characters').waitFor();
      await page.getByLabel('Plate', { exact: true }).fill('8ABC12?');
      await page.getByRole('button', { name: 'Keep it' }).click();
      await page.getByRole('row', { name: /Plate 8ABC12\?.*1 read\b.*In force/ }).waitFor();
      await page.getByRole('button', { name: 'An area and its time' }).click();
      await page.getByLabel('Centre').fill('38.1, -122.25');
      await page.getByLabel('From', { exact: true }).fill('yesterday');
      await page.getByLabel('Why it is kept').fill('The scene');
      await expectUsable(page);
      await page.getByRole('button', { name: 'Keep it' }).click();
      await page.getByRole('row', { name: /An area,.*until it is lifted.*The scene/ }).waitFor();
      const at = (address: string) => page.goto(`${page.url().split('#')[0]}#/${address}`);
      await at(`read/${detectionId}`);
      await page.getByRole('button', { name: 'Put aside for a package' }).click();
      await page.getByText(/^1 read waits for a package/).waitFor();
      await at(`cases/${caseNumber}`);
      const aside = page.getByRole('listitem').filter({ hasText: '8ABC123, ' });
      await aside.getByRole('button', { name: /^Take out/ }).click();
      await page.getByText('None: put them aside').waitFor();
      await at(`read/${detectionId}`);
      await page.getByRole('button', { name: 'Put aside for a package' }).click();
      await at(`cases/${caseNumber}`);
      await aside.waitFor();
      await page.getByRole('button', { name: 'Make a package' }).click();
      await page.getByText('Use inside the agency only').waitFor();
      await page.getByRole('button', { name: 'Copy the id of the package' }).waitFor();
      expect(await downloaded(page, 'Download the package')).toContain('volume-1/manifest.json');
      await page.getByRole('button', { name: 'Book', exact: true }).click();
      await page.getByLabel('Place, such as').fill('Property room, shelf 4');
      await page.getByLabel('Property number').fill('P-26-118');
      await page.getByRole('button', { name: 'Booked there' }).click();
      await page.getByText('P-26-118, Property room, shelf 4').waitFor();
      await expectUsable(page);

      staffed.join('lea', 'records_clerk', 'L. Lea');
      const clerk = await pageOf('lea', `cases/${caseNumber}`);
      await clerk.getByText('P-26-118, Property room, shelf 4').waitFor();
      expect(await clerk.getByRole('heading', { name: 'Holds' }).count()).toBe(0);

      const looking = await pageOf('poe', `cases/${caseNumber}`);
      await looking.getByRole('row', { name: /Discovery request of the defence/ }).waitFor();
      expect(await looking.getByRole('button', { name: 'Keep it' }).count()).toBe(0);
      const scope = { kind: 'case' as const, caseNumber };
      const purpose = { purpose: 'investigation', caseNumber, reason: 'Burglary series' };
      await expect(
        officer.perform(setHold, { scope, reason: 'For my case' }, purpose),
      ).rejects.toThrow(/holds.set/);
    });

    test('a supervisor sees what goes when and by which rule; the administrator notes a review', async () => {
      const { staffed, pageOf } = await openDesk('vallejo');
      await staffed.passes(false);
      const page = await pageOf('ada', 'retention');
      await page
        .getByRole('row', { name: /retention\.\S*reads/ })
        .first()
        .waitFor();
      await expectUsable(page);
      await page.getByLabel('What the review came to').fill('The times still serve');
      await page.getByRole('button', { name: 'Reviewed' }).click();
      await page.getByText('The review is on record.').waitFor();
      // V 426.5: the vendor's days are there too, although none of its data is here.
      await page
        .getByRole('row', { name: /flock, a vendor.*Reads.*30 days.*None: no data/ })
        .waitFor();
      await page
        .getByRole('row', { name: /front.*Reads.*365 days.*1, since.*The oldest, 20/ })
        .waitFor();
    });

    test('where nothing goes by age the custodian’s decision purges what is shown first, never below the minimum (W 432.2.1(f), W 432.4)', async () => {
      const { staffed, pageOf } = await openDesk('walnut-creek');
      const nowMs = staffed.time.ms;
      staffed.join('kay', 'administrative_commander', 'K. Kay');
      const custodian = { office: 'custodian', title: 'Records Manager', name: 'R. Roe' } as const;
      await staffed.as('kay', nameOfficial, custodian);
      staffed.time.ms = nowMs - 400 * 86_400_000;
      const old = await staffed.passes(false);
      const held = await staffed.passes(false);
      staffed.time.ms = nowMs;
      const young = await staffed.passes(false);
      staffed.acknowledgeAll();
      const scope = { kind: 'detections' as const, detectionIds: [held.detectionId] };
      const why = { purpose: 'investigation', caseNumber, reason: 'Burglary series' };
      await staffed.as('kay', setHold, { scope, reason: 'Discovery request' }, why);

      const page = await pageOf('kay', 'retention');
      await page.getByText('by the custodian’s decision alone').waitFor();
      await page.getByText('Records Manager, R. Roe').waitFor();
      await page
        .getByRole('row', { name: /front.*Reads.*No end is set.*By an order alone/ })
        .waitFor();
      await page.getByLabel('Older than so many days').fill('100');
      await page.getByRole('button', { name: 'Show what would go' }).click();
      await page.getByRole('alert').getByText('kept for at least 365 days').waitFor();
      await page.getByLabel('Older than so many days').fill('370');
      await page.getByRole('button', { name: 'Show what would go' }).click();
      const goes = page.getByRole('region', { name: 'What would be deleted now' });
      await goes.locator('tbody tr').first().waitFor();
      expect(await goes.locator('tbody tr').count()).toBe(1);
      expect(await goes.locator('tbody td.number').allInnerTexts()).toEqual(['1', '0', '0', '0']);
      await page.getByText('1 reads under a hold').waitFor();
      await expectUsable(page);
      await page.getByRole('button', { name: 'Purge it' }).click();
      await page.getByText('1 reads with 0 hits and 0 pictures are deleted.').waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Purge' }).click();
      await page.getByRole('alert').getByText('say why data is no longer needed').waitFor();
      await page
        .getByLabel('Why it is no longer needed')
        .fill('Schedule of the records manager, 2026');
      expect(await page.getByLabel('Who decided it').inputValue()).toBe('Records Manager, R. Roe');
      await page.getByRole('button', { name: 'Purge it' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Purge' }).click();
      await page.getByText('Purged; see “Last purge”.').waitFor();
      expect([old, held, young].map(({ detectionId }) => staffed.has(detectionId))).toEqual([
        false,
        true,
        true,
      ]);
      const { audit } = staffed.accountability;
      expect(audit.read({ operation: 'retention.run' }, { limit: 9 }).at(-1)?.query).toMatchObject({
        olderThanDays: 370,
        decidedBy: 'Records Manager, R. Roe',
      });
    });

    test('a records clerk, who may not see what is held, is not told that nothing is', async () => {
      const { staffed, pageOf } = await openDesk('napa');
      staffed.join('lea', 'records_clerk');
      const scope = { kind: 'case', caseNumber: '26-0040001' } as const;
      const held = { scope, reason: 'Discovery request of the defence' };
      const purpose = { purpose: 'investigation', caseNumber: '26-0040001' };
      await staffed.as('ada', setHold, held, purpose);
      const page = await pageOf('lea', 'cases');
      await page.getByText('What is held is not shown to you.').waitFor();
      expect(await page.getByText('Nothing is held').count()).toBe(0);
    });
  },
);
