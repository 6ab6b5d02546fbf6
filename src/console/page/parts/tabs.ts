import { html, nothing, type TemplateResult } from 'lit-html';

/** Which of a few views of one screen is shown; `count` stands beside a name. */
export function tabs<Value extends string>(options: {
  /** Read out: what is chosen here. */
  label: string;
  values: readonly { value: Value; label: string; count?: number | null }[];
  chosen: Value;
  onChoose: (value: Value) => void;
}): TemplateResult {
  const { label, values, chosen, onChoose } = options;
  return html`<nav class="tabs" aria-label=${label}>
    ${values.map(
      ({ value, label: words, count = null }) => html`<button
        type="button"
        class="tab"
        aria-current=${value === chosen ? 'true' : nothing}
        @click=${() => onChoose(value)}
      >
        ${words}${count === null ? nothing : html` <b class="count">${count}</b>`}
      </button>`,
    )}
  </nav>`;
}
