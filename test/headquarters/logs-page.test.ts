import { uuidv7 } from 'uuidv7';
import { describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/accountability/audit/audit-record.ts';
import { beforeAll as first, linkOf } from '../../src/accountability/audit/chain.ts';
import { sampleEntry } from '../accountability/audit/open-log.ts';
import { hasChromium, newScreen, useChromium } from '../console/browser.ts';
import { faultsOf } from '../console/page-checks.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { logInAda, makeAda, openDepartment } from './department.ts';

useChromium();
const missing = missingMosquitto ?? (hasChromium ? null : 'Chromium is not installed');
if (missing) console.warn(`skipped: ${missing}`);

/** Words that a person typed without a place to break them. */
const reason = 'W'.repeat(200);

describe.skipIf(missing)('the logs of all units on the page', { timeout: 120_000 }, () => {
  test('AUD-4: columns of words keep room beside that of the unit, whatever somebody typed', async () => {
    const department = await openDepartment();
    const { headquarters } = await department.startHeadquarters();
    await makeAda(headquarters);
    const cookie = `lookout-headquarters=${await logInAda(headquarters)}`;
    const unit = department.unit('unit-7');
    await unit.uplink.start();
    const inquiry: AuditEntry['inquiry'] = {
      ...{ id: uuidv7(), purpose: 'investigation', caseNumber: '26-0042' },
      ...{ incidentNumber: null, reason },
    };
    const at = new Date().toISOString();
    const { record } = linkOf(
      sampleEntry({ operation: 'detections.search', query: { plate: '8LVN362' }, inquiry }),
      first,
      { at, unit: { agency: 'test-pd', id: 'unit-7' }, key: Buffer.alloc(32) },
    );
    unit.outbox.add({ id: uuidv7(), lane: 'audit', topic: 'audit', json: JSON.stringify(record) });
    await waitFor(() => unit.outbox.status().waiting === 0, { what: 'an empty outbox' });

    const page = await (await newScreen()).openIn({ url: headquarters.console?.url ?? '', cookie });
    await page.goto(`${headquarters.console?.url}#/audit/log`);
    await page.getByRole('row', { name: /unit-7/ }).waitFor();
    const narrowest = () =>
      page.evaluate<number>(
        "Math.min(...[...document.querySelectorAll('td:is([data-title=What], [data-title=Why], [data-title=About])')].map(({ clientWidth }) => clientWidth))",
      );
    const hidden = () =>
      page.evaluate<number>(
        "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.table-frame'))",
      );
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      await page.setViewportSize({ width, height });
      expect(await narrowest()).toBeGreaterThan(120);
      expect(await hidden()).toBeLessThanOrEqual(1);
    }
    expect(await faultsOf(page)).toEqual([]);
  });
});
