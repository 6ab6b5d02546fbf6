import { html, nothing, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';

interface Named {
  /** Unique on its screen: the label, the hint and the fault refer to it. */
  name: string;
  label: string;
  /** A line below the field, read out with it. */
  hint?: string | undefined;
  /** What is wrong with the value, in the place of the hint. */
  fault?: string | undefined;
}

/** A label, a control that `make` draws with the id and the hint's id that it is given, and the hint. */
export function field(
  { name, label, hint, fault }: Named,
  make: (id: string, describedBy: string | typeof nothing) => TemplateResult,
): TemplateResult {
  const id = `field-${name}`;
  const words = fault ?? hint;
  return html`<div class="field ${fault === undefined ? '' : 'faulty'}">
    <label for=${id}>${label}</label>
    ${make(id, words === undefined ? nothing : `${id}-hint`)}
    ${words === undefined ? nothing : html`<small id="${id}-hint">${words}</small>`}
  </div>`;
}

/** A line of text, a day or a time. `onInput` gets each change; the value stays through every redraw. */
export function textField(
  options: Named & {
    value: string;
    onInput: (value: string) => void;
    type?: 'text' | 'search' | 'number' | 'date' | 'datetime-local' | 'password';
    longest?: number;
    isRequired?: boolean;
    /** Values to choose from, which the person may also leave for one of their own. */
    suggestions?: readonly string[];
    kind?: 'plate';
    /** Earliest and latest day, or smallest and largest number. */
    min?: string | undefined;
    max?: string | undefined;
  },
): TemplateResult {
  const { value, onInput, type = 'text', longest, isRequired = false, suggestions, kind } = options;
  return field(
    options,
    (id, describedBy) => html`<input
        id=${id}
        name=${options.name}
        type=${type}
        class=${kind === 'plate' ? 'plate-input' : nothing}
        .value=${live(value)}
        maxlength=${longest ?? nothing}
        min=${options.min ?? nothing}
        max=${options.max ?? nothing}
        autocomplete="off"
        spellcheck=${kind === 'plate' ? 'false' : nothing}
        ?required=${isRequired}
        list=${suggestions === undefined ? nothing : `${id}-list`}
        aria-describedby=${describedBy}
        aria-invalid=${options.fault === undefined ? nothing : 'true'}
        @input=${(event: Event) => onInput((event.target as HTMLInputElement).value)}
      />${
        suggestions === undefined
          ? nothing
          : html`<datalist id="${id}-list">
              ${suggestions.map((each) => html`<option value=${each}></option>`)}
            </datalist>`
      }`,
  );
}

/** Several lines of text. */
export function areaField(
  options: Named & {
    value: string;
    onInput: (value: string) => void;
    longest?: number;
    rows?: number;
    isRequired?: boolean;
  },
): TemplateResult {
  const { value, onInput, longest, rows = 2, isRequired = false } = options;
  return field(
    options,
    (id, describedBy) => html`<textarea
      id=${id}
      name=${options.name}
      rows=${rows}
      .value=${live(value)}
      maxlength=${longest ?? nothing}
      ?required=${isRequired}
      aria-describedby=${describedBy}
      aria-invalid=${options.fault === undefined ? nothing : 'true'}
      @input=${(event: Event) => onInput((event.target as HTMLTextAreaElement).value)}
    ></textarea>`,
  );
}

/** One of many values; `''` as a value stands for none. */
export function selectField<Value extends string>(
  options: Named & {
    values: readonly { value: Value; label: string }[];
    chosen: Value;
    onChoose: (value: Value) => void;
    isRequired?: boolean;
  },
): TemplateResult {
  const { values, chosen, onChoose, isRequired = false } = options;
  return field(
    options,
    (id, describedBy) => html`<select
      id=${id}
      name=${options.name}
      ?required=${isRequired}
      aria-describedby=${describedBy}
      aria-invalid=${options.fault === undefined ? nothing : 'true'}
      @change=${(event: Event) => onChoose((event.target as HTMLSelectElement).value as Value)}
    >
      ${values.map(
        ({ value, label }) =>
          html`<option value=${value} ?selected=${value === chosen}>${label}</option>`,
      )}
    </select>`,
  );
}

/** Yes or no, with its words beside it. */
export function checkField(options: {
  name: string;
  label: string | TemplateResult;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}): TemplateResult {
  const { name, label, isOn, onChange } = options;
  return html`<label class="check">
    <input
      type="checkbox"
      name=${name}
      .checked=${live(isOn)}
      @change=${(event: Event) => onChange((event.target as HTMLInputElement).checked)}
    />
    <span>${label}</span>
  </label>`;
}
