import { html, nothing, type TemplateResult } from 'lit-html';
import type { AskedHoldScope } from '../../../../accountability/retention/hold.ts';
import type * as retention from '../../../../accountability/retention/operations.ts';
import { newAreaChoice } from '../../parts/area-choice.ts';
import { choice } from '../../parts/choice.ts';
import { textField } from '../../parts/field.ts';
import { lookFor } from '../../purpose.ts';
import { changed, tell } from '../../state.ts';
import { areaOf, newTypedArea } from '../../typed-area.ts';
import type { Work } from '../../work.ts';

type Kind = Exclude<AskedHoldScope['kind'], 'detections'>;

const kinds = [
  { value: 'case', label: 'This case' },
  { value: 'plate', label: 'A plate' },
  { value: 'area', label: 'An area and its time' },
] as const satisfies readonly { value: Kind; label: string }[];

/** What is to be kept for a case beyond its time: its own reads, those of a plate, or of an area (RET-10). */
export function keepForm(caseNumber: string, work: Work, onKept: () => void): () => TemplateResult {
  let kind: Kind = 'case';
  let reason = '';
  let plate = '';
  let time = { from: '', to: '' };
  const typed = newTypedArea('500');
  const place = newAreaChoice();

  /** What was chosen; a sentence on what lacks. */
  const scope = (): AskedHoldScope | string => {
    if (kind === 'case') return { kind, caseNumber };
    if (kind === 'plate') return { kind, plate };
    const area = areaOf(typed);
    if (area === undefined) return 'Say where.';
    if (typeof area === 'string') return area;
    return { kind, area, from: time.from, to: time.to === '' ? null : time.to };
  };
  const keep = async (event: Event) => {
    event.preventDefault();
    const chosen = scope();
    if (typeof chosen === 'string') {
      work.refusal = chosen;
      changed();
      return;
    }
    const set = await work.run(() =>
      lookFor<typeof retention.setHold>('holds.set', { scope: chosen, reason, caseNumber }),
    );
    if (set === undefined) return;
    reason = '';
    plate = '';
    tell(`Kept: ${set.reach.detections} reads that are here now, and what arrives later.`, 'done');
    onKept();
  };

  const day = (name: keyof typeof time, label: string, hint?: string) =>
    textField({
      ...{ name: `keep-${name}`, label, hint, value: time[name], isRequired: name === 'from' },
      onInput: (value) => {
        time = { ...time, [name]: value };
      },
    });
  const plateField = () =>
    textField({
      ...{ name: 'keep-plate', label: 'Plate', kind: 'plate', value: plate, isRequired: true },
      hint: '? for one character, * for several; look-alikes are kept as well',
      longest: 32,
      onInput: (value) => {
        plate = value.toUpperCase();
      },
    });
  const areaPart = () => html`${place.view({ typed, suffix: '-keep', isRequired: true })}
    <div class="filters">
      ${day('from', 'From', 'A day or a time: 2026-11-29, yesterday')}
      ${day('to', 'To', 'Left empty: until the hold is lifted')}
    </div>`;

  return () => html`<form class="keep-form" @submit=${keep}>
    ${choice({
      legend: 'Keep',
      values: kinds,
      chosen: kind,
      onChoose: (chosen) => {
        kind = chosen;
        changed();
      },
    })}
    ${kind === 'area' ? areaPart() : nothing}
    <div class="filters">
      ${kind === 'plate' ? plateField() : nothing}
      ${textField({
        ...{ name: 'hold-reason', label: 'Why it is kept', value: reason, longest: 1000 },
        hint: 'Discovery request, evidence in the case',
        onInput: (value) => {
          reason = value;
        },
      })}
      <button type="submit" class="key first" ?disabled=${work.isBusy}>
        Keep it until the hold is lifted
      </button>
    </div>
  </form>`;
}
