import { html, type TemplateResult } from 'lit-html';
import { changed } from '../state.ts';
import type { TypedArea } from '../typed-area.ts';
import { choice } from './choice.ts';
import { areaField, textField } from './field.ts';
import { hereKey } from './here-key.ts';

const kinds = [
  { value: 'circle', label: 'Circle' },
  { value: 'box', label: 'Box' },
  { value: 'polygon', label: 'Polygon' },
] as const satisfies readonly { value: TypedArea['kind']; label: string }[];

/**
 * An area as it is typed, by its kind; a map beside it shows and changes the same. `suffix`: tells the fields of several
 * areas apart.
 */
export function areaFields(options: {
  typed: TypedArea;
  suffix?: string;
  isRequired?: boolean;
}): TemplateResult {
  const { typed, suffix = '', isRequired = false } = options;
  const line = (name: 'centre' | 'radiusM' | 'southWest' | 'northEast', label: string) =>
    textField({
      name: `${name}${suffix}`,
      label,
      value: typed[name],
      isRequired,
      ...(name === 'radiusM'
        ? { type: 'number', min: '1', max: '200000' }
        : { hint: 'Latitude, longitude, like 38.1041, -122.2566' }),
      onInput: (value) => {
        typed[name] = value;
        changed();
      },
    });
  const circle = () => html`${line('centre', 'Centre')}
    ${hereKey((text) => {
      typed.centre = text;
      changed();
    })}
    ${line('radiusM', 'Radius, metres')}`;
  const box = () =>
    html`${line('southWest', 'South-west corner')} ${line('northEast', 'North-east corner')}`;
  const polygon = () =>
    areaField({
      name: `corners${suffix}`,
      label: 'Corners, one a line',
      hint: 'Latitude, longitude, like 38.1041, -122.2566; in their order around the area',
      value: typed.corners,
      rows: 5,
      isRequired,
      onInput: (value) => {
        typed.corners = value;
        changed();
      },
    });
  return html`<div class="area-fields">
    ${choice({
      legend: 'Kind of area',
      values: kinds,
      chosen: typed.kind,
      onChoose: (kind) => {
        typed.kind = kind;
        changed();
      },
    })}
    <div class="filters">
      ${typed.kind === 'circle' ? circle() : typed.kind === 'box' ? box() : polygon()}
    </div>
  </div>`;
}
