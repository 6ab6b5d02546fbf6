import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  confirmStatus,
  startConfirmation,
} from '../../src/accountability/verification/operations.ts';
import { uplinkSection } from '../../src/config/sections/uplink.ts';
import { createLog } from '../../src/platform/log.ts';
import { createUplink } from '../../src/uplink/uplink.ts';
import { openVerification } from '../accountability/verification/open-verification.ts';
import { sampleDetection } from '../records/samples.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto } from '../uplink/mosquitto.ts';
import { asAda, openDepartment } from './department.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

const inquiry = { purpose: 'investigation', caseNumber: '26-0042' };
const officer = {
  account: '0192aaaa-0000-7000-8000-000000000007',
  username: 'moss',
  name: 'P. Moss',
  role: 'officer',
};

/** A car with its own verification and link; `stop` cuts the link. */
function openCar(department: Awaited<ReturnType<typeof openDepartment>>) {
  const dataDir = join(department.folder, 'unit-7');
  const car = openVerification('vallejo', { dataDir });
  const connect = async () => {
    const uplink = createUplink({
      config: uplinkSection.parse({
        ...{ broker: department.mosquitto.broker, reconnectMaxS: 1, resendAfterS: 2 },
        tls: department.mosquitto.credentials('unit-7'),
      }),
      unit: { agency: 'test-pd', id: 'unit-7' },
      ...{ dataDir, outbox: car.outbox, status: () => ({}) },
      orders: {
        onAlertStep: ({ from, update }) =>
          void car.verification.takeUpdate(update, { place: 'headquarters', unit: from }),
      },
      log: createLog({ level: 'silent' }),
    });
    await uplink.start();
    return uplink;
  };
  return { ...car, connect };
}

describe.skipIf(missingMosquitto)('dispatch at headquarters', { timeout: 120_000 }, () => {
  test('DSP-4, B 466.9: a dispatcher’s answer is on the car’s card in their name, and the car’s disposition closes the alert here', async () => {
    const department = await openDepartment();
    const { headquarters } = await department.startHeadquarters();
    const perform = await asAda(headquarters);
    const car = openCar(department);
    await using _ = await car.connect();
    const hit = await car.storeHit({}, sampleDetection());
    const { verification } = headquarters.accountability;
    await waitFor(() => verification.isOpenHit(hit.id), { what: 'the hit at headquarters' });
    await perform(startConfirmation, { id: hit.id }, inquiry);
    await waitFor(() => car.verification.standing(hit.id)?.state === 'confirmation_in_progress', {
      what: 'the begun confirmation on the car',
    });
    const answer = { channel: 'clets_mdc', source: 'CLETS', result: 'confirmed' } as const;
    await perform(confirmStatus, { id: hit.id, ...answer }, inquiry);
    await waitFor(
      () => car.verification.standing(hit.id)?.status?.by === 'Ada Cole, headquarters',
      {
        what: 'the answer on the car',
      },
    );
    // What the car has taken is not sent for ever.
    await waitFor(
      () =>
        department.rows('lookout.db', "SELECT id FROM outbox WHERE topic = 'alert'").length === 0,
      { what: 'an empty outbox of headquarters' },
    );
    const seen = { characters: 'yes', state: 'yes', vehicle: 'yes' } as const;
    car.verification.confirmVisual(hit.id, seen, officer);
    car.verification.dispose(hit.id, { outcome: 'recovered', cadNumber: '2611290042' }, officer);
    await waitFor(() => !verification.isOpenHit(hit.id), { what: 'the closed alert here' });
    expect(verification.standing(hit.id)).toMatchObject({ state: 'disposed' });
    expect(headquarters.console?.isUnseen(hit.detectionId)).toBe(false);
  });

  test('HOT-9: a text that an officer strikes on the car is in no file of headquarters', async () => {
    const department = await openDepartment();
    const { headquarters, stop } = await department.startHeadquarters();
    const car = openCar(department);
    const hit = await car.storeHit({}, sampleDetection());
    car.verification.declareExigent(hit.id, 'Zebulon Quagmire rams other cars.', officer);
    await using _ = await car.connect();
    const textHere = () =>
      department
        .rows<{ text: string }>(
          'lookout.db',
          "SELECT body ->> '$.text' AS text FROM verification_step",
        )
        .at(0)?.text;
    await waitFor(() => textHere()?.includes('Quagmire'), { what: 'the reason at headquarters' });
    car.verification.strike(hit.id, 'exigent', officer, false);
    await waitFor(() => textHere() === '(struck)', { what: 'the struck reason at headquarters' });
    expect(headquarters.accountability.verification.open(hit.id).exigent?.text).toBe('(struck)');
    await waitFor(() => car.outbox.status().waiting === 0, { what: 'an empty outbox of the car' });
    await stop();
    for (const file of globSync('*.db*', { cwd: department.dataDir })) {
      const bytes = readFileSync(join(department.dataDir, file));
      expect([file, bytes.includes('Quagmire')]).toEqual([file, false]);
    }
  });

  test('what a dispatcher answers while the car is in a tunnel, and headquarters is restarted, reaches the car', async () => {
    const department = await openDepartment({ persistent: false });
    const first = await department.startHeadquarters();
    const perform = await asAda(first.headquarters);
    const car = openCar(department);
    const uplink = await car.connect();
    const hit = await car.storeHit({}, sampleDetection());
    const { verification } = first.headquarters.accountability;
    await waitFor(() => verification.isOpenHit(hit.id), { what: 'the hit at headquarters' });
    await uplink[Symbol.asyncDispose]();
    const answer = { channel: 'clets_mdc', source: 'CLETS', result: 'not_wanted' } as const;
    await perform(confirmStatus, { id: hit.id, ...answer }, inquiry);
    await first.stop();
    await department.mosquitto.stop();
    await department.mosquitto.start();
    await department.startHeadquarters();
    await using _ = await car.connect();
    await waitFor(() => car.verification.standing(hit.id)?.state === 'not_wanted', {
      what: 'the answer on the car',
      timeoutMs: 60_000,
    });
  });
});
