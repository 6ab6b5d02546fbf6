import { html, nothing, type TemplateResult } from 'lit-html';
import { changed } from '../state.ts';
import { key } from './key.ts';

/** A number that is typed with a finger, or with the keyboard where there is one. */
export interface NumberPad {
  value: string;
}

const rows = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '-', '0', '⌫'];

/**
 * The pad and its field; letters of a number come from the keyboard. `done`: the key that takes the number; `above`: what
 * stands beside the pad, above the field.
 */
export function numberPad(
  pad: NumberPad,
  label: string,
  recent: readonly string[],
  done: TemplateResult,
  above: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  const press = (char: string) => {
    pad.value = char === '⌫' ? pad.value.slice(0, -1) : pad.value + char;
    changed();
  };
  return html`<div class="pad">
    <div class="pad-above">${above}</div>
    <label class="field"
      ><span>${label}</span>
      <input
        .value=${pad.value}
        maxlength="64"
        autocomplete="off"
        spellcheck="false"
        @input=${(event: Event) => {
          pad.value = (event.target as HTMLInputElement).value;
        }}
    /></label>
    <div class="pad-keys">${rows.map((char) => key({ label: char, onPress: () => press(char) }))}</div>
    <div class="pad-recent">
      ${recent.map((number) =>
        key({
          label: number,
          kind: 'quiet',
          onPress: () => {
            pad.value = number;
            changed();
          },
        }),
      )}
    </div>
    ${done}
  </div>`;
}
