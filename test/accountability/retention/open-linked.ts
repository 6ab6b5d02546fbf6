import { onTestFinished } from 'vitest';
import type { Policy } from '../../../src/accountability/policy/policy.ts';
import { uplinkSection } from '../../../src/config/sections/uplink.ts';
import { createLog } from '../../../src/platform/log.ts';
import { createUplink } from '../../../src/uplink/uplink.ts';
import { openMosquitto } from '../../uplink/mosquitto.ts';
import { openHeadquarters } from '../../uplink/open-headquarters.ts';
import { openRetention } from './open-retention.ts';

type Orders = NonNullable<Parameters<typeof createUplink>[0]['orders']>;

/** A unit with retention, a real broker, and the reference headquarters at the other end. */
export async function openLinked(
  folder: string,
  dataDir: string,
  policy: Policy,
  options: Parameters<typeof openRetention>[2] & {
    orders?: Orders;
    /** A broker that runs already. */
    mosquitto?: Awaited<ReturnType<typeof openMosquitto>>;
  } = {},
) {
  const { broker, credentials } = options.mosquitto ?? (await openMosquitto(folder));
  const tls = credentials('unit-7');
  const unit = openRetention(dataDir, policy, options);
  const uplink = createUplink({
    config: uplinkSection.parse({ reconnectMaxS: 1, resendAfterS: 2, broker, tls }),
    unit: { agency: 'test-pd', id: 'unit-7' },
    outbox: unit.outbox,
    dataDir,
    status: () => ({ residentMiB: 1 }),
    log: createLog({ level: process.env.LOOKOUT_TEST_LOG ?? 'silent' }),
    ...(options.orders ? { orders: options.orders } : {}),
  });
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    await uplink[Symbol.asyncDispose]();
    await unit.close();
  };
  onTestFinished(stop);
  await uplink.start();
  const headquarters = () => openHeadquarters(folder, { broker, tls: credentials('headquarters') });
  return { ...unit, broker, credentials, uplink, headquarters, stop, tls };
}
