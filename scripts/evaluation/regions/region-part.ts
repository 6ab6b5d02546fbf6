import { join } from 'node:path';
import type { FrameReader } from '../../../src/vision/reading/read-frame.ts';
import type { Region } from '../../../src/vision/reading/region-formats.ts';
import type { Fold } from '../folds.ts';
import { madeSet } from '../made-sets.ts';
import { type Measured, measure } from '../measure.ts';
import { allYardsticks, samplesOf } from '../yardsticks.ts';
import { regionsTable, weightsTable } from './region-table.ts';
import { onRoad, type Road, roads } from './roads.ts';

/**
 * The part of models/README.md about the formats of a region: what the fold that chooses says of each weight, and what
 * the other says of the one shipped. Null, and `print` says why, if a set is not at hand.
 */
export async function regionPart(
  readerFor: (regions: Region[]) => FrameReader,
  { dataDir, cacheDir }: { dataDir: string; cacheDir: string },
  print: (text: string) => void,
): Promise<string | null> {
  /** Each set is read once a fold and configuration. */
  const read = new Map<string, Measured>();
  const measured = async (set: string, fold: Fold, regions: readonly Region[]) => {
    const key = [set, fold, ...regions].join('|');
    const known = read.get(key);
    if (known) return known;
    const yardstick = allYardsticks.find(({ name }) => name === set);
    if (!yardstick) throw new Error(`no yardstick ${set}`);
    const parted = { ...yardstick, parted: yardstick.parted ?? ('measured' as const) };
    const folder = yardstick.madeBy
      ? madeSet(set, yardstick.madeBy, cacheDir)
      : join(dataDir, yardstick.folder ?? set);
    const samples = folder && (await samplesOf(parted, folder, fold));
    if (!samples) return null;
    const fresh = await measure(readerFor([...regions]), parted, samples);
    print(`${set}, ${fold}, ${regions.join(', ') || 'no region'}: done`);
    read.set(key, fresh);
    return fresh;
  };

  const choose: [Road, Measured][] = [];
  const report: [Road, Measured, Measured][] = [];
  for (const road of roads) {
    const { set, regions } = road;
    const chosenBy = await measured(set, 'choose', []);
    const without = await measured(set, 'report', []);
    const named = await measured(set, 'report', regions);
    if (!chosenBy || !without || !named) {
      print(`${set}: not in ${dataDir}; the part on regions needs every set`);
      return null;
    }
    choose.push([road, onRoad(chosenBy, road)]);
    report.push([road, onRoad(without, road), onRoad(named, road)]);
  }
  return `${weightsTable(choose)}\n\n${regionsTable(report)}`;
}
