import { onTestFinished } from 'vitest';
import type { Orders } from '../../src/accountability/orders.ts';
import { type UplinkConfig, uplinkSection } from '../../src/config/sections/uplink.ts';
import { createLog } from '../../src/platform/log.ts';
import type { HotlistTarget } from '../../src/uplink/hotlist-refresh.ts';
import { createUplink } from '../../src/uplink/uplink.ts';
import { openRecords } from '../records/open-records.ts';

/** Real records and uplink of a unit, not started yet. */
export function openUnit(
  dataDir: string,
  uplinkConfig: { broker: string } & Partial<UplinkConfig>,
  options: {
    hotlist?: HotlistTarget;
    orders?: Orders;
    unitId?: string;
    /** The figures that it tells headquarters. */
    status?: () => object;
  } = {},
) {
  const unit = { agency: 'test-pd', id: options.unitId ?? 'unit-7' };
  const opened = openRecords(dataDir);
  const config = uplinkSection.parse({ reconnectMaxS: 1, resendAfterS: 2, ...uplinkConfig });
  const status = options.status ?? (() => ({ residentMiB: 1 }));
  const log = createLog({ level: process.env.LOOKOUT_TEST_LOG ?? 'silent' });
  const { outbox } = opened;
  const { hotlist, orders } = options;
  const listening = { ...(hotlist ? { hotlist } : {}), ...(orders ? { orders } : {}) };
  const uplink = createUplink({ config, unit, outbox, dataDir, status, log, ...listening });
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    await uplink[Symbol.asyncDispose]();
    await opened.close();
  };
  onTestFinished(stop);
  return { ...opened, uplink, stop };
}
