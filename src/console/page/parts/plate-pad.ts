import { html, nothing, type TemplateResult } from 'lit-html';
import { key } from './key.ts';

const letters = ['QWERTYUIOP', 'ASDFGHJKL', 'ZXCVBNM'];

/** Large keys for the characters of a plate; `wildcards` for a part of one: ? one character, * a run. */
export function platePad(options: {
  value: string;
  onChange: (value: string) => void;
  wildcards: boolean;
}): TemplateResult {
  const { value, onChange, wildcards } = options;
  const press = (char: string) => onChange(`${value}${char}`.slice(0, 20));
  const row = (chars: string) =>
    html`<div class="plate-pad-row">
      ${[...chars].map((char) => key({ label: char, onPress: () => press(char) }))}
    </div>`;
  return html`<div class="plate-pad" role="group" aria-label="Characters of the plate">
    ${row('1234567890')} ${letters.map(row)}
    <div class="plate-pad-row">
      ${
        wildcards
          ? html`${key({ label: html`? <small>one</small>`, onPress: () => press('?') })}
            ${key({ label: html`* <small>any</small>`, onPress: () => press('*') })}`
          : nothing
      }
      ${key({ label: '⌫ Delete', onPress: () => onChange(value.slice(0, -1)) })}
    </div>
  </div>`;
}
