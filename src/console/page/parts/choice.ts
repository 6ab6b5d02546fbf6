import { html, type TemplateResult } from 'lit-html';
import { key } from './key.ts';

/** One of a few answers, as keys beside each other. */
export function choice<Value extends string>(options: {
  legend: string;
  values: readonly { value: Value; label: string }[];
  chosen: Value | null;
  onChoose: (value: Value) => void;
  isGuarded?: boolean;
}): TemplateResult {
  const { legend, values, chosen, onChoose, isGuarded = false } = options;
  return html`<fieldset class="choice">
    <legend>${legend}</legend>
    ${values.map(({ value, label }) =>
      key({ label, onPress: () => onChoose(value), isPressed: value === chosen, isGuarded }),
    )}
  </fieldset>`;
}
