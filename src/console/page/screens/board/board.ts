import { html, nothing, type TemplateResult } from 'lit-html';
import { go } from '../../address.ts';
import { missingAlerts } from '../../missing-alerts.ts';
import { choice } from '../../parts/choice.ts';
import { textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { newMap } from '../../parts/map/map-part.ts';
import type { Screen } from '../../screen.ts';
import { changed, may, page, type Told } from '../../state.ts';
import { counted } from '../../words.ts';
import { newWork } from '../../work.ts';
import { isUnitMark, newBoardMarks } from './board-marks.ts';
import { boardUnits, type Unit } from './board-units.ts';
import { claimKey } from './claim-key.ts';
import { isAnswered, queue } from './queue.ts';

type Shown = 'all' | 'urgent' | 'unanswered';

const filters: readonly { value: Shown; label: string; takes: (alert: Told) => boolean }[] = [
  { value: 'all', label: 'All', takes: () => true },
  { value: 'urgent', label: 'Urgent', takes: (alert) => alert.class === 'urgent' },
  { value: 'unanswered', label: 'Nobody answered', takes: (alert) => !isAnswered(alert) },
];
/** So many units can be looked over; of more, one is typed. */
const fewUnits = 12;

/**
 * At headquarters: the open alerts of every unit as they come and change, those first that are urgent and that nobody has
 * answered (B 466.9), and where they and the units are. What it shows is what the page is told.
 */
export function board(): Screen {
  const map = newMap();
  const marksOf = newBoardMarks();
  const claiming = newWork();
  let shown: Shown = 'all';
  let typed = '';

  const isOfUnit = ({ unit }: { unit: string }) =>
    unit.toLowerCase().includes(typed.trim().toLowerCase());

  const filterKeys = (alerts: readonly Told[]) =>
    choice<Shown>({
      legend: 'Show',
      values: filters.map(({ value, label, takes }) => ({
        value,
        label: `${label} ${alerts.filter(takes).length}`,
      })),
      chosen: shown,
      onChoose(value) {
        shown = value;
        changed();
      },
    });

  const unitField = (units: readonly Unit[]) =>
    textField({
      ...{ name: 'board-unit', label: 'Unit, or part of its name', type: 'search', value: typed },
      suggestions: units.map(({ unit }) => unit),
      onInput(value) {
        typed = value;
        changed();
      },
    });

  const mapOf = (alerts: readonly Told[], units: readonly Unit[]): TemplateResult => {
    const marks = marksOf(alerts, units);
    const ofUnits = marks.filter(isUnitMark).length;
    return map.view({
      label: `${counted(marks.length - ofUnits, 'alert')} and ${counted(ofUnits, 'unit')} on a map`,
      marks,
      // Once there is something to see; after that a person moves it.
      fit: marks.length === 0 ? null : 'all',
      onOpen: (mark) => go(isUnitMark(mark) ? 'units' : `alert/${mark.id}`),
    });
  };

  return {
    view: () => {
      const units = page.status.units ?? [];
      const ofUnit = [...page.alerts.values()].filter(isOfUnit);
      const takes = filters.find(({ value }) => value === shown)?.takes ?? (() => true);
      const alerts = ofUnit.filter(takes);
      return html`<section class="screen wide board">
        <h1>Board</h1>
        ${boardUnits(units)}
        <div class="board-filters">
          ${filterKeys(ofUnit)} ${units.length > fewUnits || typed !== '' ? unitField(units) : nothing}
        </div>
        <div class="board-halves">
          <div class="board-queue">
            ${claiming.line()} ${queue(alerts, { isWhole: isWhole() && ofUnit.length === page.alerts.size, isNarrowed: page.alerts.size > 0, keyIn: (alert) => claimKey(alert, claiming) })}
            ${isWhole() ? nothing : html`<p class="doubt">${missingAlerts()}.</p>`}
            ${page.notShown === 0 ? nothing : html`<p class="doubt">${page.notShown} more are open and not shown. Close some.</p>`}
            ${
              may('alerts.respond')
                ? html`<div class="row-keys">
                    ${key({ label: 'All open alerts', kind: 'quiet', onPress: () => go('open') })}
                  </div>`
                : nothing
            }
          </div>
          ${mapOf(alerts, units.filter(isOfUnit))}
        </div>
      </section>`;
    },
  };
}

/** The page has been sent every alert that headquarters keeps ready. */
const isWhole = (): boolean => page.isTold && page.coming === 0;
