import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { uplinkSection } from '../../src/config/sections/uplink.ts';
import { createLog } from '../../src/platform/log.ts';
import { createLink } from '../../src/uplink/link.ts';
import { type TakenBody, takenMessageSchema } from '../../src/uplink/messages.ts';
import { createUplink } from '../../src/uplink/uplink.ts';
import { openVerification } from '../accountability/verification/open-verification.ts';
import { sampleDetection } from '../records/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import { missingMosquitto, openMosquitto } from './mosquitto.ts';

if (missingMosquitto) console.warn(`skipped: ${missingMosquitto}`);

const dispatcher = {
  account: '0192aaaa-0000-7000-8000-000000000002',
  username: 'mdiaz',
  name: 'M. Diaz',
  role: 'dispatcher',
};

describe.skipIf(missingMosquitto)('a step of headquarters', { timeout: 120_000 }, () => {
  test('DSP-4: reaches the unit that raised the hit over a real broker, which says so at each repeat', async () => {
    const folder = temporaryFolder();
    const { broker, credentials } = await openMosquitto(folder);
    const unit = openVerification('barstow', { dataDir: join(folder, 'unit') });
    const headquarters = openVerification('barstow', { place: 'headquarters' });
    const detection = sampleDetection();
    const hit = await unit.storeHit({}, detection);
    await headquarters.takeHit(hit, detection);
    const log = createLog({ level: 'silent' });
    await using uplink = createUplink({
      config: uplinkSection.parse({ broker, tls: credentials('unit-7'), reconnectMaxS: 1 }),
      unit: { agency: 'test-pd', id: 'unit-7' },
      dataDir: join(folder, 'unit'),
      status: () => ({}),
      orders: {
        onAlertStep: ({ from, update }) =>
          void unit.verification.takeUpdate(update, { place: 'headquarters', unit: from }),
      },
      outbox: unit.outbox,
      log,
    });
    const answers: TakenBody[] = [];
    const connected = Promise.withResolvers<void>();
    const link = createLink({
      config: uplinkSection.parse({ broker, tls: credentials('headquarters') }),
      clientId: 'lookout-headquarters',
      listener: {
        onConnected: () => connected.resolve(),
        onLost() {},
        onMessage: (_, payload) =>
          void answers.push(takenMessageSchema.parse(JSON.parse(payload.toString())).body),
      },
      log,
    });
    link.start();
    await connected.promise;
    await link.subscribe(['lookout/v1/test-pd/+/taken']);
    await uplink.start();
    await waitFor(() => uplink.health().connected, { what: 'the link of the unit' });

    const call = { channel: 'clets_mdc', source: 'CLETS', result: 'confirmed' } as const;
    headquarters.verification.confirmStatus(hit.id, call, dispatcher);
    const [told] = headquarters.updates();
    const { lane: _, ...update } = told ?? {};
    const order = { id: randomUUID(), from: 'headquarters', update };
    const send = (body: object) =>
      link.publish('lookout/v1/test-pd/unit-7/alert-step', JSON.stringify(body), {
        qos: 1,
        retain: false,
      });
    // A unit that has not subscribed yet gets it with the next repeat.
    await waitFor(
      async () => {
        if (answers.length < 2) await send(order);
        return answers.length >= 2;
      },
      { what: 'the answers of the unit' },
    );
    expect(new Set(answers.flatMap(({ ids }) => ids))).toEqual(new Set([order.id]));
    expect(unit.verification.standing(hit.id)).toMatchObject({
      state: 'status_confirmed',
      status: { by: 'M. Diaz, headquarters' },
      steps: 1,
    });

    const strange = { id: randomUUID(), from: 'headquarters', update: { ...update, event: 'new' } };
    await send(strange);
    await waitFor(() => answers.some(({ refused }) => refused[0]?.id === strange.id), {
      what: 'the refusal of what the unit does not understand',
    });
    await link.stop();
  });
});
