import { html, nothing, type TemplateResult } from 'lit-html';
import { key } from './key.ts';

/** Directions of travel with their bearings, degrees, as on a compass from left to right and from the top down. */
const dial = [
  ['NW', 315, 'North-west'],
  ['N', 0, 'North'],
  ['NE', 45, 'North-east'],
  ['W', 270, 'West'],
  null,
  ['E', 90, 'East'],
  ['SW', 225, 'South-west'],
  ['S', 180, 'South'],
  ['SE', 135, 'South-east'],
] as const;

export type HeadingPoint = NonNullable<(typeof dial)[number]>[0];

/** A direction of travel, chosen on a compass of eight keys. */
export function headingDial(options: {
  legend: string;
  chosen: HeadingPoint | null;
  onChoose: (heading: HeadingPoint) => void;
}): TemplateResult {
  const { legend, chosen, onChoose } = options;
  return html`<fieldset class="heading-dial">
    <legend>${legend}</legend>
    <div class="heading-keys">
      ${dial.map((point) => {
        if (point === null) return html`<span class="heading-middle">${chosen ?? nothing}</span>`;
        const [heading, , name] = point;
        return key({
          label: html`<b>${heading}</b> <small class="heading-name">${name}</small>`,
          isPressed: heading === chosen,
          onPress: () => onChoose(heading),
        });
      })}
    </div>
  </fieldset>`;
}
