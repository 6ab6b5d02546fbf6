import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openAccountability } from '../../../src/accountability/accountability.ts';
import { signAgencyMessage } from '../../../src/accountability/agency/agency-message.ts';
import { configSchema } from '../../../src/config/schema.ts';
import {
  beginRotation,
  endRotation,
  noteSignedAnew,
  openSigningKey,
  publicKeysPem,
  switchKey,
} from '../../../src/headquarters/enrolment/signing-keys.ts';
import { createLog } from '../../../src/platform/log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('PRA-14: a running unit takes a key that headquarters changed as soon as its file is exchanged, and forgets the old one', async () => {
  const folder = temporaryFolder();
  const key = join(folder, 'headquarters.pub');
  const bring = () => writeFileSync(key, publicKeysPem(folder));
  bring();
  const unit = await openAccountability({
    config: configSchema.parse({
      unit: { agency: 'test-pd', id: 'unit-7', dataDir: join(folder, 'unit') },
      uplink: { broker: 'mqtt://127.0.0.1:1', agency: { key } },
      policy: { profile: 'vallejo' },
    }),
    log: createLog({ level: 'silent' }),
  });
  onTestFinished(() => unit[Symbol.asyncDispose]());
  let sequence = 0;
  /** How many messages the unit has refused after one that is signed now, or by this key. */
  const refusedAfter = (by = openSigningKey(folder)): number => {
    sequence += 1;
    const message = signAgencyMessage(
      {
        ...{ kind: 'index', agency: 'test-pd', id: '0', sequence },
        ...{ at: new Date().toISOString(), entries: [['hot-plate', randomUUID(), 1]] },
      },
      by,
    );
    unit.orders.onAgencyMessage?.(Buffer.from(JSON.stringify(message)));
    return unit.health().sharing?.refused ?? -1;
  };
  const former = openSigningKey(folder);
  expect(refusedAfter()).toBe(0);
  beginRotation(folder);
  switchKey(folder);
  // Nobody has brought the file yet.
  expect(refusedAfter()).toBe(1);
  bring();
  expect(refusedAfter()).toBe(1);
  expect(refusedAfter(former)).toBe(1);
  noteSignedAnew(folder);
  endRotation(folder);
  bring();
  expect(refusedAfter(former)).toBe(2);
  expect(refusedAfter()).toBe(2);
});
