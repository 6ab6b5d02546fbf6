import { html, nothing, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import { changed } from '../state.ts';

let enlarged: { src: string; alt: string } | null = null;

/** Pictures that did not come: their file is gone or damaged, or the link was lost. */
const lost = new Set<string>();

function lose(src: string): void {
  lost.add(src);
  changed();
}

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

/** Chromium shows a part of a picture; Firefox knows no such property, and the part is drawn there. */
const canFrame = CSS.supports('object-view-box', 'none');

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

/** Draws a part of a picture once that has come, and again when it is of another. */
const drawn = (src: string, part: Part) =>
  ref((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) return;
    const wanted = JSON.stringify([src, part]);
    if (canvas.dataset.shows === wanted) return;
    canvas.dataset.shows = wanted;
    const image = new Image();
    image.addEventListener('load', () => {
      if (canvas.dataset.shows !== wanted) return;
      const [across, down] = [image.naturalWidth, image.naturalHeight];
      const [width, height] = [Math.round(part.w * across), Math.round(part.h * down)];
      Object.assign(canvas, { width, height });
      const place = [part.x * across, part.y * down, width, height] as const;
      canvas.getContext('2d')?.drawImage(image, ...place, 0, 0, width, height);
    });
    image.addEventListener('error', () => lose(src));
    image.src = src;
  });

/** A picture, or a part of it, that opens over the whole screen when it is touched; one that did not come says so, and is asked for anew. */
export function picture(
  src: string,
  alt: string,
  kind = '',
  part: Part | null = null,
): TemplateResult {
  if (lost.has(src)) {
    const again = () => {
      lost.delete(src);
      changed();
    };
    return html`<button type="button" class="picture no-picture ${kind}" @click=${again}>${alt} cannot be shown. Touch to try again.</button>`;
  }
  const open = () => {
    enlarged = { src, alt };
    changed();
  };
  return html`<button type="button" class="picture ${kind}" aria-label="Enlarge: ${alt}" @click=${open}>
    ${
      part === null || canFrame
        ? html`<img src=${src} alt=${alt} ${framed(part)} @error=${() => lose(src)} />`
        : html`<canvas role="img" aria-label=${alt} ${drawn(src, part)}></canvas>`
    }
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
