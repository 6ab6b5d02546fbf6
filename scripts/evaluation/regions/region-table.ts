import { withOAs0 } from '../../../src/vision/reading/plate-read.ts';
import { formatWeight, oddWeight, weighed } from '../../../src/vision/reading/region-formats.ts';
import { alertCases } from '../alerts/alert-cases.ts';
import { inForce } from '../alerts/alert-rules.ts';
import { alertFigures } from '../alerts/alert-table.ts';
import { exactFolded, texts } from '../goals.ts';
import { covers } from '../judge.ts';
import type { Measured } from '../measure.ts';
import { percent, percentWithInterval, type Share, shareOf } from '../statistics.ts';
import { markdownTable } from '../tables.ts';
import { type Road, titleOf } from './roads.ts';

/** The weights of a text of no format that are compared; 1 weights nothing. */
const triedWeights = [1, 0.7, 0.5, 0.35, 0.25, 0.15, 0.1, 0.05, 0.02] as const;
/** The least probability of a candidate that alerts: `hotlist.nearMinP` as it is unless configured. */
const alertMinP = 0.02;

/** Plates of which the likeliest candidate is the text, O as 0, if those of no format weigh `odd`. */
function rightAt({ yardstick, verdicts }: Measured, { regions }: Road, odd: number): number {
  const weightOf = formatWeight(regions, odd);
  let right = 0;
  for (const { found, plates } of verdicts) {
    for (const { label } of plates) {
      const own = found.filter(
        ({ read }) => yardstick.kind !== 'scenes' || covers(read.box, label.box),
      );
      const likeliest = own.map(({ read: { plate, confidence, alternatives } }) =>
        weighed([{ plate, p: confidence }, ...alternatives], weightOf).reduce((best, each) =>
          each.p > best.p ? each : best,
        ),
      );
      if (likeliest.some(({ plate }) => withOAs0(plate) === withOAs0(label.text ?? ''))) right += 1;
    }
  }
  return right;
}

/** What the fold that chooses says of each weight: plates right by road, and of all. */
export function weightsTable(choose: readonly (readonly [Road, Measured])[]): string {
  const roads = choose.filter(([{ from }]) => from !== 'elsewhere');
  const head = roads.map(
    ([road, measured]) =>
      `${titleOf(road)}, ${road.regions.join(', ')} (${texts([measured]).length})`,
  );
  const rows = triedWeights.map((odd) => {
    const right = roads.map(([road, measured]) => rightAt(measured, road, odd));
    const all = right.reduce((sum, each) => sum + each, 0);
    const mark = odd === oddWeight ? ' (shipped)' : '';
    return [`${odd}${mark}`, String(all), ...right.map(String)];
  });
  return markdownTable([['weight of no format', 'right of all', ...head], ...rows]);
}

/** What the reported fold says: the reader without regions beside the same with them. */
export function regionsTable(
  report: readonly (readonly [Road, without: Measured, with_: Measured])[],
): string {
  const rows = report.map(([road, without, named]) => {
    const both = [without, named];
    const known = texts([without]);
    const weightOf = formatWeight(road.regions);
    const fit = shareOf(known, ({ label }) => weightOf?.(label.text ?? '') === 1);
    return [
      titleOf(road),
      road.regions.join(', '),
      String(known.length),
      percent(fit),
      ...both.map((each) => percentWithInterval(exactFolded([each]))),
      both
        .map((each) => percent(shareOf(texts([each]), ({ given }) => given !== null)))
        .join(' → '),
      both.map((each) => percent(wrongShare(each))).join(' → '),
      ...alertCells(both),
    ];
  });
  const head = [
    ...['set', 'regions', 'n', 'fit, %', 'O=0 without (95 %)', 'O=0 with (95 %)', 'given'],
    ...['wrong of given', 'alerts: recall', 'alerts: false in 10,000'],
  ];
  return markdownTable([head, ...rows]);
}

function wrongShare(measured: Measured): Share {
  const given = texts([measured]).filter((plate) => plate.given !== null);
  return shareOf(given, (plate) => plate.given === 'wrong');
}

/** Recall and false alerts, without → with; empty for a set that no list stands beside. */
function alertCells(both: readonly Measured[]): string[] {
  const figures = both.map((each) => alertFigures(alertCases(each), inForce(alertMinP)));
  if (figures.some(({ vehicles }) => vehicles === 0)) return ['', ''];
  return [
    figures.map(({ recalled, vehicles }) => percent({ k: recalled, n: vehicles })).join(' → '),
    figures.map(({ falseAlerts }) => falseAlerts.toFixed(2)).join(' → '),
  ];
}
