import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { programRoot } from '../../src/config/load.ts';

/** A drive of three seconds with one vehicle, which is on the demo hot list. */
const shortDrive = join(programRoot, 'fixtures/short');

/** What a test changes in its unit. */
interface UnitOptions {
  broker?: string;
  metricsPort?: number;
  loop?: boolean;
  extra?: Record<string, unknown>;
}

/**
 * Writes the configuration of a unit that plays the short drive, and returns the file. Each time round is a
 * detection of its own: the vehicle is forgotten at once.
 */
export function writeUnit(folder: string, options: UnitOptions = {}): string {
  const { loop = false } = options;
  const file = join(folder, 'unit.yaml');
  const config = {
    unit: { agency: 'test-pd', id: 'car-1', dataDir: join(folder, 'data') },
    heads: {
      list: [
        {
          id: 'front',
          ir: { kind: 'video', path: join(shortDrive, 'ir.mp4'), loop },
          colour: { kind: 'video', path: join(shortDrive, 'colour.mp4'), loop },
        },
      ],
    },
    tracking: { loseAfterMs: 300, rejoinAfterS: 0 },
    position: {
      source: { kind: 'replay', path: join(shortDrive, 'drive.nmea'), restamp: true, loop: true },
    },
    hotlist: { lists: [{ id: 'demo', name: 'Demo list' }], rearmAfterS: 0 },
    alerts: { sound: { enabled: false } },
    uplink: options.broker === undefined ? { enabled: false } : { broker: options.broker },
    console: { port: 0 },
    metrics: { port: options.metricsPort ?? 0 },
    ...options.extra,
  };
  writeFileSync(file, stringify(config));
  return file;
}

/** The demo hot list, on which the short drive's vehicle is. */
export const demoList = join(programRoot, 'fixtures/drive/hotlist.csv');

/** The plate of the short drive's vehicle. */
export const listedPlate = '8LVN362';
