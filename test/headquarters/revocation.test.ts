import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  listUnitOrders,
  orderLock,
  revokeUnit,
} from '../../src/accountability/lost-unit/operations.ts';
import { listNotices } from '../../src/accountability/notices/operations.ts';
import { listAudit } from '../../src/accountability/oversight/operations.ts';
import { configSchema } from '../../src/config/schema.ts';
import { registerOf } from '../../src/headquarters/enrolment/authority.ts';
import { createHeadquarters } from '../../src/headquarters/headquarters.ts';
import { createLog } from '../../src/platform/log.ts';
import { hasChromium, newScreen, useChromium } from '../console/browser.ts';
import { expectUsable } from '../console/desk-page.ts';
import { lookout, startLookout } from '../support/lookout-process.ts';
import { quickPasswords } from '../support/quick-passwords.ts';
import { stopOnce } from '../support/stop-once.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { openUnit } from '../uplink/open-unit.ts';
import { asAda, asAdaAgain, asHired, logInAda, makeAda } from './department.ts';
import { openEnrolledBroker } from './enrolled-broker.ts';

useChromium();

/** Headquarters with its authority, and the broker that knows its units. */
async function openAgency(units: readonly string[]) {
  const dataDir = join(temporaryFolder(), 'headquarters');
  mkdirSync(dataDir);
  const broker = await openEnrolledBroker(dataDir, units);
  const { folder } = broker.place;
  const at = (file: string) => join(folder, file);
  const link = `mqtts://127.0.0.1:${broker.port}`;
  const config = configSchema.parse({
    unit: { agency: 'test-pd', id: 'headquarters', mode: 'headquarters', dataDir },
    uplink: {
      ...{ broker: link, reconnectMaxS: 1 },
      tls: { ca: at('ca.pem'), cert: at('headquarters.pem'), key: at('headquarters.pem') },
    },
    policy: { profile: 'vallejo' },
    console: { port: 0 },
    metrics: { enabled: false },
  });
  /** Headquarters as it starts on what is on its disk. */
  async function start() {
    const headquarters = await createHeadquarters(
      config,
      createLog({ level: 'silent' }),
      quickPasswords,
    );
    const stop = stopOnce(() => headquarters[Symbol.asyncDispose]());
    await headquarters.start();
    return { headquarters, stop };
  }
  const certificateOf = (unit: string) => ({
    ca: at('ca.pem'),
    cert: join(dataDir, unit, 'unit.pem'),
    key: join(dataDir, unit, 'unit.key'),
  });
  const commandOf = (args: readonly string[]) => [
    ...['headquarters', 'revoke-unit', ...args],
    ...['agency=test-pd', 'id=headquarters', 'mode=headquarters', `dataDir=${dataDir}`].flatMap(
      (each) => ['--set', `unit.${each}`],
    ),
  ];
  return {
    ...{ dataDir, broker, start },
    /** A unit that is enrolled; its link is not started. */
    unit: (id: string) =>
      openUnit(
        join(dataDir, `data-${id}`),
        { broker: link, tls: certificateOf(id) },
        { unitId: id },
      ),
    /** Puts the authority where headquarters does not look for it. */
    takeAuthorityAway(): string {
      const elsewhere = join(dataDir, 'locked-away');
      renameSync(folder, elsewhere);
      return elsewhere;
    },
    command: (...args: string[]) => lookout(...commandOf(args)),
    begin: (...args: string[]) => startLookout(commandOf(args)),
    isRevoked: (unit: string, at = broker.place.folder) =>
      registerOf({ ...broker.place, folder: at })
        .certificates.filter(({ name }) => name === unit)
        .every(({ revokedAt }) => revokedAt !== null),
  };
}

const why = 'Stolen from the yard';
const revoking = (unit: string) => ({ unit, again: unit, reason: why });

describe.skipIf(missingMosquitto !== null)(
  'a unit that is shut out at headquarters (BRE-1)',
  { timeout: 120_000 },
  () => {
    test.skipIf(!hasChromium)(
      'on the page: what follows is said, all others hear it, and the broker lets it in no more',
      async () => {
        const agency = await openAgency(['car-12', 'car-13']);
        const { headquarters } = await agency.start();
        await makeAda(headquarters);
        const token = await logInAda(headquarters);
        const car = agency.unit('car-12');
        await car.uplink.start();
        await waitFor(() => headquarters.status().units.length === 1, { what: 'the unit' });
        await (await asAdaAgain(headquarters))(orderLock, {
          ...{ unit: 'car-12', deed: 'lock', reason: why },
        });

        const screen = await newScreen();
        const [page, other] = await Promise.all(
          [0, 1].map(() =>
            screen.openIn({
              url: `${headquarters.console?.url}#/units`,
              cookie: `lookout-headquarters=${token}`,
            }),
          ),
        );
        if (page === undefined || other === undefined) throw new Error('no page');
        await page.getByLabel('Unit', { exact: true }).selectOption('car-12');
        await page.getByLabel('What it must do').selectOption({ label: 'Shut it out for good' });
        await page.getByLabel('Why').fill(why);
        await page.getByLabel('Its id, typed again').fill('car-13');
        await page.getByRole('button', { name: 'Order it' }).click();
        const question = page.getByRole('dialog');
        await question.getByText('It cannot be taken back').waitFor();
        await question.getByText('car-12 has not obeyed the order to lock it yet').waitFor();
        await question.getByRole('button', { name: 'Revoke them' }).click();
        await page.getByText('The unit is car-12, and car-13 was typed').waitFor();
        expect(agency.isRevoked('car-12')).toBe(false);

        await page.getByLabel('Its id, typed again').fill('car-12');
        await page.getByRole('button', { name: 'Order it' }).click();
        await question.getByRole('button', { name: 'Revoke them' }).click();
        await page
          .getByRole('row', { name: /car-12 .*1 certificate of car-12 revoked .*Run: / })
          .waitFor();
        await expectUsable(page);
        expect(agency.isRevoked('car-12')).toBe(true);
        // The other person's screen says so by itself, in both of its tables.
        await other.getByText(/Shut out .* by Ada Cole/).waitFor();
        await other
          .getByRole('row', { name: /car-12 .*Ada Cole Stolen from the yard .*revoked/ })
          .waitFor();

        await agency.broker.restart();
        await expect(agency.broker.connect(agency.broker.filesOf('car-12'))).rejects.toThrow();
        await agency.broker.connect(agency.broker.filesOf('car-13'));
        await page.getByRole('row', { name: /^car-12 Off\. Shut out/ }).waitFor();

        // Where somebody presses again, nothing more is done, and it is said.
        await page.getByLabel('Why').fill(why);
        await page.getByLabel('Its id, typed again').fill('car-12');
        await page.getByRole('button', { name: 'Order it' }).click();
        await question.getByRole('button', { name: 'Revoke them' }).click();
        await page.getByText('car-12 has no certificate that is not revoked').waitFor();
      },
    );

    test('by who may alone, once, however many order it; it is in the audit log and told to all who watch', async () => {
      const agency = await openAgency(['car-12', 'car-13']);
      const { headquarters } = await agency.start();
      const ada = await asAda(headquarters);
      const officer = await asHired(headquarters, 'moss', 'officer');
      await expect(officer(revokeUnit, revoking('car-12'))).rejects.toMatchObject({ status: 403 });
      await expect(ada(revokeUnit, revoking('car-99'))).rejects.toMatchObject({
        code: 'not-enrolled',
      });
      // Nor headquarters' own certificate, nor the broker's.
      for (const own of ['headquarters', 'broker']) {
        await expect(ada(revokeUnit, revoking(own))).rejects.toMatchObject({ status: 404 });
      }
      expect((await ada(listUnitOrders, {})).revocations).toEqual([]);

      const both = await Promise.allSettled([
        ada(revokeUnit, revoking('car-12')),
        ada(revokeUnit, revoking('car-12')),
      ]);
      const told = both.map((each) =>
        each.status === 'fulfilled' ? each.value.certificates : each.reason.code,
      );
      expect(told.toSorted()).toEqual([1, expect.stringMatching(/^(ordered|revoked)-already$/)]);
      await expect(ada(revokeUnit, revoking('car-12'))).rejects.toMatchObject({
        code: 'revoked-already',
      });
      const { revocations } = await ada(listUnitOrders, {});
      expect(revocations).toMatchObject([{ unit: 'car-12', by: 'Ada Cole', certificates: 1 }]);
      expect(agency.isRevoked('car-13')).toBe(false);

      const { notices } = await officer(listNotices, {});
      expect(notices).toMatchObject([
        {
          kind: 'unit',
          text: expect.stringContaining('Ada Cole has the certificates of unit car-12'),
        },
      ]);
      const { records } = await ada(listAudit, {});
      const deeds = records.filter(({ object }) => object === 'unit car-12');
      expect(deeds.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual(
        expect.arrayContaining(['units.revoked done', 'units.revoke done']),
      );
    });

    test('where the authority is kept elsewhere, says what to run, and is done by that command', async () => {
      const agency = await openAgency(['car-12']);
      const { headquarters } = await agency.start();
      const ada = await asAda(headquarters);
      const elsewhere = agency.takeAuthorityAway();
      const ordered = await ada(revokeUnit, revoking('car-12'));
      expect(ordered.doneAt).toBeNull();
      expect(ordered.todo).toContain('sudo lookout headquarters revoke-unit --ordered');
      await expect(ada(revokeUnit, revoking('car-12'))).rejects.toThrow(
        'Ada Cole ordered it already',
      );
      // What its service is started by.
      expect(existsSync(join(agency.dataDir, 'revocations-ordered'))).toBe(true);

      const failed = await agency.command('--ordered');
      expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('--authority') });
      expect(await agency.command('--ordered', 'car-12')).toMatchObject({ code: 1 });
      const done = await agency.command('--ordered', '--authority', elsewhere);
      expect(done).toMatchObject({ code: 0, stderr: '' });
      expect(done.stdout).toContain('1 certificate of car-12 revoked, as Ada Cole ordered');
      expect(agency.isRevoked('car-12', elsewhere)).toBe(true);
      const [shown] = (await ada(listUnitOrders, {})).revocations;
      expect(shown).toMatchObject({ certificates: 1, doneAt: expect.any(String) });
      const again = await agency.command('--ordered', '--authority', elsewhere);
      expect(again.stdout).toBe('Nobody ordered that a unit is revoked, or it is done.\n');
    });

    test('what the command revokes by itself is shown, too', async () => {
      const agency = await openAgency(['car-12']);
      const { headquarters } = await agency.start();
      const ada = await asAda(headquarters);
      expect(await agency.command('car-12')).toMatchObject({ code: 0 });
      expect((await ada(listUnitOrders, {})).revocations).toMatchObject([
        {
          unit: 'car-12',
          by: expect.stringContaining('on headquarters’ computer'),
          certificates: 1,
        },
      ]);
    });

    test('is carried out at the next start where headquarters ended before', async () => {
      const agency = await openAgency(['car-12']);
      const first = await agency.start();
      const ada = await asAda(first.headquarters);
      const elsewhere = agency.takeAuthorityAway();
      await ada(revokeUnit, revoking('car-12'));
      await first.stop();
      renameSync(elsewhere, agency.broker.place.folder);
      const second = await agency.start();
      await waitFor(() => second.headquarters.accountability.unitRevocations?.list()[0]?.doneAt, {
        what: 'the revocation',
      });
      expect(agency.isRevoked('car-12')).toBe(true);
    });

    test('killed at any moment it is done whole or still ordered, and the next run does the rest', async () => {
      const cars = ['car-1', 'car-2', 'car-3', 'car-4', 'car-5', 'car-6'];
      const agency = await openAgency(cars);
      const { headquarters } = await agency.start();
      const ada = await asAda(headquarters);
      const elsewhere = agency.takeAuthorityAway();
      const args = ['--ordered', '--authority', elsewhere];
      const startMs = performance.now();
      expect(await agency.command(...args)).toMatchObject({ code: 0 });
      const wholeMs = performance.now() - startMs;
      for (const [round, car] of cars.entries()) {
        await ada(revokeUnit, revoking(car));
        const { child, ended } = agency.begin(...args);
        await delay(wholeMs * (0.75 + 0.1 * round));
        child.kill('SIGKILL');
        await ended;
        const { revocations } = await ada(listUnitOrders, {});
        const order = revocations.find(({ unit }) => unit === car);
        if (order?.doneAt === null) continue;
        expect(agency.isRevoked(car, elsewhere)).toBe(true);
        expect(readFileSync(join(agency.broker.folder, 'revoked.pem'))).toEqual(
          readFileSync(join(elsewhere, 'revoked.pem')),
        );
      }
      expect(await agency.command(...args)).toMatchObject({ code: 0, stderr: '' });
      const { revocations } = await ada(listUnitOrders, {});
      expect(revocations.map(({ certificates }) => certificates)).toEqual(cars.map(() => 1));
      await agency.broker.restart();
      for (const car of cars) {
        await expect(agency.broker.connect(agency.broker.filesOf(car))).rejects.toThrow();
      }
      const left = readdirSync(elsewhere).filter((name) => name.startsWith('.'));
      expect(left).toEqual([]);
    });
  },
);
