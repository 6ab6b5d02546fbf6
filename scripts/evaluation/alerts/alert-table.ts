import { wilson } from '../../../src/platform/statistics.ts';
import { markdownTable } from '../tables.ts';
import type { AlertCase } from './alert-cases.ts';
import { type AlertRule, candidatesFrom, inForce, oneConfusable } from './alert-rules.ts';
import { entriesWith } from './list-density.ts';

/** The least probabilities that the table compares. */
export const triedMinP = [0.5, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05, 0.03, 0.02, 0.01] as const;

/** What a rule does with some vehicles. */
export interface AlertFigures {
  vehicles: number;
  /** Vehicles that alert if their plate is on the list. */
  recalled: number;
  /** Alerts expected on other vehicles' entries, for 10,000 vehicles. */
  falseAlerts: number;
}

/** Whether each vehicle would alert if it were listed, and how often the list's entries would if it is not. */
export function alertFigures(cases: readonly AlertCase[], rule: AlertRule): AlertFigures {
  let [recalled, wrong] = [0, 0];
  for (const { plate, reads, mix } of cases) {
    const texts = new Set(reads.flatMap((read) => [...rule(read).keys()]));
    if (texts.has(plate)) recalled += 1;
    for (const text of texts) if (text !== plate) wrong += entriesWith(text, mix);
  }
  return {
    vehicles: cases.length,
    recalled,
    falseAlerts: (10_000 * wrong) / Math.max(1, cases.length),
  };
}

/** Recall with its interval, and false alerts. */
function cells({ vehicles, recalled, falseAlerts }: AlertFigures): string[] {
  const interval = wilson(recalled, vehicles);
  if (interval === null) return ['', ''];
  const percent = (share: number) => (100 * share).toFixed(1);
  return [
    `${percent(recalled / vehicles)} (${percent(interval.low)}–${percent(interval.high)})`,
    falseAlerts.toFixed(2),
  ];
}

const rules: readonly (readonly [name: string, rule: AlertRule])[] = [
  ['counts as read, or one confusable character', oneConfusable],
  ['both, from 0.02: as the daemon alerts', inForce(0.02)],
  ...triedMinP.map((minP) => [`candidates from ${minP}`, candidatesFrom(minP)] as const),
];

/** Recall and false alerts of each rule: of US vehicles by fold, and of all reported ones. */
export function alertsByRule(choose: readonly AlertCase[], report: readonly AlertCase[]): string {
  const groups = [choose.filter(({ isUs }) => isUs), report.filter(({ isUs }) => isUs), report];
  const titles = ['US, chosen by', 'US, reported', 'all, reported'];
  return markdownTable([
    [
      'rule',
      ...groups.flatMap(({ length }, i) => [
        `${titles[i]} (${length}): recall %`,
        'false in 10,000',
      ]),
    ],
    ...rules.map(([name, rule]) => [
      name,
      ...groups.flatMap((cases) => cells(alertFigures(cases, rule))),
    ]),
  ]);
}

/** The reported vehicles of each set, by the rule of one confusable character and by that of the candidates. */
export function alertsBySet(report: readonly AlertCase[], minP: number): string {
  const sets = Map.groupBy(report, ({ set }) => set);
  return markdownTable([
    [
      ...['set', 'vehicles', 'one confusable: recall %', 'false in 10,000'],
      ...[`candidates from ${minP}: recall %`, 'false in 10,000'],
    ],
    ...[...sets].map(([set, cases]) => [
      set,
      String(cases.length),
      ...cells(alertFigures(cases, oneConfusable)),
      ...cells(alertFigures(cases, candidatesFrom(minP))),
    ]),
  ]);
}
