import { html, type TemplateResult } from 'lit-html';
import type { HoldWithReach } from '../../../../accountability/retention/operations.ts';
import { key } from '../../parts/key.ts';
import { table } from '../../parts/table.ts';
import { when } from '../../words.ts';

/** Holds, those in force and lifted ones; `onLift`: null where the person may not lift. */
export function holdTable(
  rows: readonly HoldWithReach[],
  onLift: ((hold: HoldWithReach) => void) | null,
): TemplateResult {
  return table<HoldWithReach>({
    caption: 'Holds',
    columns: [
      { title: 'Of', cell: scopeWords },
      { title: 'Why', cell: ({ reason }) => reason },
      {
        title: 'Keeps now',
        cell: ({ reach, lifted }) => (lifted === null ? readCount(reach) : null),
      },
      { title: 'Set', cell: ({ setAt, setBy }) => `${when(Date.parse(setAt))}, ${setBy}` },
      {
        title: 'Standing',
        cell: (hold) => {
          const { lifted } = hold;
          if (lifted !== null) {
            return `Lifted ${when(Date.parse(lifted.at))} by ${lifted.by}: ${lifted.why}`;
          }
          return html`<b>In force</b> ${
            onLift === null
              ? ''
              : key({ label: 'Lift', kind: 'quiet', onPress: () => onLift(hold) })
          }`;
        },
      },
    ],
    rows,
    empty: 'Nothing of it is held: it goes when its time is over.',
    keyOf: ({ id }) => id,
  });
}

function scopeWords({ scope, span }: HoldWithReach): string {
  if (scope.kind === 'plate') return `Plate ${scope.plate}`;
  if (scope.kind === 'case') return `Case ${scope.caseNumber}`;
  if (scope.kind === 'detections') return `${scope.detectionIds.length} reads`;
  const end =
    span?.to === null ? span.text.replace(' to now,', ' until it is lifted,') : span?.text;
  return `An area, ${end ?? ''}`;
}

function readCount({ detections, complete }: HoldWithReach['reach']): string {
  if (!complete) return `${detections} or more reads`;
  return detections === 1 ? '1 read' : `${detections} reads`;
}
