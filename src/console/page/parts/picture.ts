import { html, nothing, type TemplateResult } from 'lit-html';
import { changed } from '../state.ts';

let enlarged: { src: string; alt: string } | null = null;

/** A picture that opens over the whole screen when it is touched. */
export function picture(src: string, alt: string, kind = ''): TemplateResult {
  const open = () => {
    enlarged = { src, alt };
    changed();
  };
  return html`<button type="button" class="picture ${kind}" aria-label="Enlarge: ${alt}" @click=${open}>
    <img src=${src} alt=${alt} />
  </button>`;
}

/** The picture that was opened, over everything. */
export function enlargedPicture(): TemplateResult | typeof nothing {
  if (enlarged === null) return nothing;
  return html`<button type="button" class="enlarged" aria-label="Close the picture" @click=${closePicture}>
    <img src=${enlarged.src} alt=${enlarged.alt} />
  </button>`;
}

/** Closes it; says whether one was open. */
export function closePicture(): boolean {
  if (enlarged === null) return false;
  enlarged = null;
  changed();
  return true;
}
