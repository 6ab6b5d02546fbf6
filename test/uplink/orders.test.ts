import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Revoke } from '../../src/accountability/access/revoke.ts';
import type { Command } from '../../src/accountability/lost-unit/command.ts';
import type { AlertStatus } from '../../src/accountability/verification/alert-status.ts';
import { programRoot } from '../../src/config/load.ts';
import { noImages, sampleDetection, sampleHit } from '../records/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto, openMosquitto } from './mosquitto.ts';
import { openHeadquarters } from './open-headquarters.ts';
import { openUnit } from './open-unit.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

describe.skipIf(missingMosquitto)('orders of headquarters', { timeout: 180_000 }, () => {
  /** A broker, and units that record their orders. */
  async function openAll() {
    const folder = temporaryFolder();
    const { broker, credentials } = await openMosquitto(folder, { units: ['unit-7', 'unit-8'] });
    const openListening = (unitId: string) => {
      const heard: { statuses: AlertStatus[]; revokes: Revoke[]; commands: Command[] } = {
        statuses: [],
        revokes: [],
        commands: [],
      };
      const unit = openUnit(
        join(folder, unitId),
        { broker, tls: credentials(unitId) },
        {
          unitId,
          orders: {
            onAlertStatus: (status) => void heard.statuses.push(status),
            onRevoke: (revoke) => void heard.revokes.push(revoke),
            onCommand: (command) => void heard.commands.push(command),
          },
        },
      );
      return { ...unit, heard };
    };
    const { ca, cert, key } = credentials('headquarters');
    /** `scripts/headquarters …`, as a dispatcher's program would call it. */
    const headquarters = (...args: string[]) =>
      promisify(execFile)(process.execPath, [
        join(programRoot, 'scripts/reference-headquarters/main.ts'),
        ...['--broker', broker, '--ca', ca, '--cert', cert, '--key', key],
        ...['--folder', join(folder, 'headquarters'), '--agency', 'test-pd'],
        ...args,
      ]);
    return { folder, broker, credentials, openListening, headquarters };
  }

  test('DSP-1 DSP-2: what dispatch says of a hit reaches every unit, with the vehicle', async () => {
    const { folder, broker, credentials, openListening, headquarters } = await openAll();
    const { headquarters: listening } = await openHeadquarters(folder, {
      broker,
      tls: credentials('headquarters'),
    });
    const mine = openListening('unit-7');
    const other = openListening('unit-8');
    const detection = sampleDetection();
    const hit = sampleHit(detection);
    await mine.records.storeHits({ hits: [hit], detection, images: noImages });
    await Promise.all([mine.uplink.start(), other.uplink.start()]);
    await waitFor(() => listening.counts.hits === 1 && other.uplink.health().connected, {
      what: 'the hit at headquarters',
    });

    await headquarters('alert-status', hit.id.slice(-6), 'verified', '--by', 'Dispatcher 12');
    for (const { heard } of [mine, other]) {
      await waitFor(() => heard.statuses.length === 1, { what: 'the status' });
      expect(heard.statuses[0]).toMatchObject({
        hitId: hit.id,
        unit: 'unit-7',
        state: 'verified',
        by: 'Dispatcher 12',
        alert: { plate: '8ABC123', make: 'Subaru', colour: 'blue', headingDeg: 91.3 },
      });
    }
    await expect(headquarters('alert-status', 'x', 'verified', '--by', 'D')).rejects.toThrow(
      /no unit has sent a hit x/,
    );
    await expect(headquarters('alert-status', hit.id, 'fine', '--by', 'D')).rejects.toThrow(
      /Allowed choices are raised/,
    );
  });

  test('USR-4 BRE-1: a revocation and a command wait for a unit that is not there', async () => {
    const { openListening, headquarters } = await openAll();
    await headquarters('revoke', 'mbell', 'tcruz', '--reason', 'left');
    await headquarters('command', 'unit-7', 'wipe', '--by', 'Chief', '--reason', 'stolen');
    const mine = openListening('unit-7');
    const other = openListening('unit-8');
    await Promise.all([mine.uplink.start(), other.uplink.start()]);
    await waitFor(() => mine.heard.commands.length === 1 && other.heard.revokes.length === 1, {
      what: 'the orders',
    });
    expect(mine.heard.commands[0]).toMatchObject({ kind: 'wipe', by: 'Chief', reason: 'stolen' });
    expect(other.heard.commands).toEqual([]);
    for (const { heard } of [mine, other]) {
      await waitFor(() => heard.revokes.length === 1, { what: 'the revocation' });
      expect(heard.revokes[0]?.accounts.map((each) => each.username)).toEqual(['mbell', 'tcruz']);
    }
  });
});
