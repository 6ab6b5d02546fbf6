import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import { changed } from '../state.ts';
import { key } from './key.ts';

/** A PIN that is typed with a finger, or with the keyboard where there is one. */
export interface PinPad {
  value: string;
}

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

/**
 * The field, which shows dots, and a pad of digits in a form; its last key, named `deed`, sends the form. The field brings up
 * no keyboard of the screen: the pad is there.
 */
export function pinPad(
  pad: PinPad,
  options: {
    label: string;
    deed: string;
    isDisabled?: boolean;
    /** Below the field, beside the pad. */
    below?: TemplateResult;
  },
): TemplateResult {
  const { label, deed, isDisabled = false, below } = options;
  const press = (digit: string) => {
    pad.value += digit;
    changed();
  };
  const erase = () => {
    pad.value = pad.value.slice(0, -1);
    changed();
  };
  return html`<div class="pin">
    <label class="field"
      ><span>${label}</span>
      <input
        name="pin"
        type="password"
        required
        inputmode="none"
        pattern="[0-9]*"
        maxlength="12"
        autocomplete="off"
        .value=${live(pad.value)}
        @input=${(event: Event) => {
          pad.value = (event.target as HTMLInputElement).value;
        }}
    /></label>
    <div class="pin-below">${below ?? nothing}</div>
    <div class="pin-keys" role="group" aria-label="Digits">
      ${digits.map((digit) => key({ label: digit, onPress: () => press(digit) }))}
      ${key({ label: html`<span aria-label="Delete">⌫</span>`, onPress: erase, kind: 'quiet' })}
      ${key({ label: '0', onPress: () => press('0') })}
      <button type="submit" class="key first" ?disabled=${isDisabled}>${deed}</button>
    </div>
  </div>`;
}
