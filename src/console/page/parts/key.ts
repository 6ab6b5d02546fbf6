import { html, nothing, type TemplateResult } from 'lit-html';
import { isInert } from '../guard.ts';

/** A large button for a finger. */
export function key(options: {
  label: string | TemplateResult;
  onPress: () => void;
  /** `first`: what is done most; `danger`: what cannot be taken back. */
  kind?: 'first' | 'plain' | 'danger' | 'quiet';
  /** It does nothing for a moment after what it acts on has changed. */
  isGuarded?: boolean;
  isDisabled?: boolean;
  isPressed?: boolean;
  name?: string;
}): TemplateResult {
  const {
    label,
    onPress,
    kind = 'plain',
    isGuarded = false,
    isDisabled = false,
    isPressed,
  } = options;
  const isAsleep = isGuarded && isInert();
  const press = () => {
    if (isDisabled || (isGuarded && isInert())) return;
    onPress();
  };
  return html`<button
    type="button"
    class="key ${kind}"
    ?disabled=${isDisabled}
    aria-disabled=${isAsleep ? 'true' : nothing}
    aria-pressed=${isPressed === undefined ? nothing : String(isPressed)}
    name=${options.name ?? nothing}
    @click=${press}
  >
    ${label}
  </button>`;
}
