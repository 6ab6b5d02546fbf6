import { html, nothing, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { changed } from '../state.ts';

let enlarged: { src: string; alt: string } | null = null;

/** A part of a picture, as fractions of it. */
export interface Part {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** The vehicle around a plate: seven plates wide, most of it above the plate. */
export function vehicleAround(plate: Part): Part {
  const left = Math.max(0, plate.x - 3 * plate.w);
  const top = Math.max(0, plate.y - 7 * plate.h);
  const right = Math.min(1, plate.x + 4 * plate.w);
  const bottom = Math.min(1, plate.y + 4 * plate.h);
  return { x: left, y: top, w: right - left, h: bottom - top };
}

/** Shows a part of a picture, where the browser can; another shows all of it. */
const framed = (part: Part | null) =>
  ref((image) => {
    if (!(image instanceof HTMLElement)) return;
    const percent = (fraction: number) => `${(100 * fraction).toFixed(2)}%`;
    const inset =
      part === null
        ? 'none'
        : `inset(${percent(part.y)} ${percent(1 - part.x - part.w)} ${percent(1 - part.y - part.h)} ${percent(part.x)})`;
    image.style.setProperty('object-view-box', inset);
  });

/** A picture, or a part of it, that opens over the whole screen when it is touched. */
export function picture(
  src: string,
  alt: string,
  kind = '',
  part: Part | null = null,
): TemplateResult {
  const open = () => {
    enlarged = { src, alt };
    changed();
  };
  return html`<button type="button" class="picture ${kind}" aria-label="Enlarge: ${alt}" @click=${open}>
    <img src=${src} alt=${alt} ${framed(part)} />
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
