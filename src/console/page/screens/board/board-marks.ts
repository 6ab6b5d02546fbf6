import type { Mark } from '../../parts/map/marks.ts';
import { plateOf, type Told } from '../../state.ts';
import { unitStates, when } from '../../words.ts';
import type { Unit } from './board-units.ts';

const unitPrefix = 'unit ';

/** Whether a mark is that of a unit, and not of an alert. */
export const isUnitMark = ({ id }: Pick<Mark, 'id'>): boolean => id.startsWith(unitPrefix);

/**
 * Alerts and units as marks of the map of one screen; the same list while nothing has changed, so that the map is not made
 * anew.
 */
export function newBoardMarks(): (
  alerts: readonly Told[],
  units: readonly Unit[],
) => readonly Mark[] {
  let shown: { key: string; marks: readonly Mark[] } = { key: '', marks: [] };
  return (alerts, units) => {
    const marks = [...alerts.flatMap(alertMark), ...units.flatMap(unitMark)];
    const key = JSON.stringify(marks);
    if (key !== shown.key) shown = { key, marks };
    return shown.marks;
  };
}

function alertMark(alert: Told): Mark[] {
  if (alert.withheld) return [];
  const { latitude, longitude } = alert.fix;
  if (latitude === null || longitude === null) return [];
  const { id, unit, inView } = alert;
  const words = `${plateOf(alert)}, ${alert.title}, ${unit}, ${when(inView.lastMs)}`;
  return [{ id, latitude, longitude, words, isHit: true, atMs: inView.lastMs }];
}

function unitMark({ unit, state, latitude, longitude, lastHeard }: Unit): Mark[] {
  if (latitude == null || longitude == null) return [];
  const words = `${unit}, ${unitStates[state]}`;
  const atMs = lastHeard ? Math.floor(Date.parse(lastHeard) / 60_000) * 60_000 : 0;
  return [{ id: `${unitPrefix}${unit}`, latitude, longitude, words, isHit: false, atMs }];
}
