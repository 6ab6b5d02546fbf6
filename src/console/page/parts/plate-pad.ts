import { html, nothing, type TemplateResult } from 'lit-html';
import { key } from './key.ts';

const rows = ['1234567890', 'QWERTYUIOP', 'ASDFGHJKL'];

/** Large keys for the characters of a plate; `wildcards` for a part of one: ? one character, * a run. */
export function platePad(options: {
  value: string;
  onChange: (value: string) => void;
  wildcards: boolean;
}): TemplateResult {
  const { value, onChange, wildcards } = options;
  const press = (char: string) => onChange(`${value}${char}`.slice(0, 20));
  const keys = (chars: string) =>
    [...chars].map((char) => key({ label: char, onPress: () => press(char) }));
  return html`<div class="plate-pad" role="group" aria-label="Characters of the plate">
    ${rows.map((chars) => html`<div class="plate-pad-row">${keys(chars)}</div>`)}
    <div class="plate-pad-row">
      ${keys('ZXCVBNM')}
      ${
        wildcards
          ? html`${key({ label: html`? <small>one</small>`, onPress: () => press('?') })}
            ${key({ label: html`* <small>any</small>`, onPress: () => press('*') })}`
          : nothing
      }
      ${key({ label: html`⌫ <small>Delete</small>`, onPress: () => onChange(value.slice(0, -1)) })}
    </div>
  </div>`;
}
