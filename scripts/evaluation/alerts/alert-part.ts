import { join } from 'node:path';
import type { FrameReader } from '../../../src/vision/reading/read-frame.ts';
import { reliability } from '../calibration.ts';
import { calibrationTable, reliabilityPlot } from '../calibration-report.ts';
import { measure } from '../measure.ts';
import { allYardsticks, samplesOf } from '../yardsticks.ts';
import { type AlertCase, alertCases, alertFolds, isAlertSet, listedClaims } from './alert-cases.ts';
import { candidatesFrom } from './alert-rules.ts';
import { alertFigures, alertsByRule, alertsBySet, triedMinP } from './alert-table.ts';

/** False alerts for 10,000 vehicles that a threshold may cost. */
const falseAlertsAllowed = 1;

/** Vehicles by fold. */
export type CasesByFold = Record<(typeof alertFolds)[number], AlertCase[]>;

/** What the table of alerts needs: the vehicles of both folds. Null, and `print` says why, if a set is not at hand. */
export async function readAlertCases(
  reader: FrameReader,
  dataDir: string,
  print: (text: string) => void,
): Promise<CasesByFold | null> {
  const cases: CasesByFold = { choose: [], report: [] };
  for (const yardstick of allYardsticks.filter(({ name }) => isAlertSet(name))) {
    for (const fold of alertFolds) {
      const parted = { ...yardstick, parted: yardstick.parted ?? ('measured' as const) };
      const folder = join(dataDir, yardstick.folder ?? yardstick.name);
      const samples = await samplesOf(parted, folder, fold);
      if (samples === null) {
        print(`${yardstick.name}: not in ${dataDir}; the part on alerts needs every set`);
        return null;
      }
      cases[fold].push(...alertCases(await measure(reader, parted, samples)));
    }
    print(`${yardstick.name}: done`);
  }
  return cases;
}

/** The least threshold tried whose false alerts on US vehicles are allowed; the greatest where none is. */
export function chosenMinP(choose: readonly AlertCase[]): number {
  const own = choose.filter(({ isUs }) => isUs);
  return (
    triedMinP.findLast(
      (minP) => alertFigures(own, candidatesFrom(minP)).falseAlerts <= falseAlertsAllowed,
    ) ?? triedMinP[0]
  );
}

/** The part of models/README.md about alerts, and its plot. */
export function alertPart({ choose, report }: CasesByFold): { tables: string; plot: string } {
  const minP = chosenMinP(choose);
  const panels = [
    {
      title: `the listed one, from ${minP}`,
      curves: (
        [
          ['chosen by', '#c2410c', choose],
          ['reported', '#1d4ed8', report],
        ] as const
      ).map(([title, colour, cases]) => ({
        title,
        colour,
        bins: reliability(listedClaims(cases, minP)),
      })),
    },
  ];
  const tables = [
    alertsByRule(choose, report),
    alertsBySet(report, minP),
    calibrationTable(panels),
  ];
  return { tables: tables.join('\n\n'), plot: reliabilityPlot(panels) };
}
