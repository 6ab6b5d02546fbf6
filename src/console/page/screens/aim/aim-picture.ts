import { html, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import type { AimFrame } from '../../../aim-line.ts';
import { readWords, widthVerdict } from './aim-words.ts';

type AimPlate = AimFrame['plates'][number];

/** The picture of a camera with a box around each plate; its words below say the same. */
export function aimPicture(name: string, frame: AimFrame, picture: ImageBitmap): TemplateResult {
  const words = `What ${name} sees${frame.isClear ? '' : ', plates covered'}`;
  const draw = ref((canvas) => {
    if (canvas instanceof HTMLCanvasElement) paint(canvas, frame, picture);
  });
  return html`<canvas class="aim-picture" role="img" aria-label=${words} ${draw}></canvas>`;
}

/** The picture of the colour camera beside it; coarse where no plate may be seen. */
export function colourPicture(
  name: string,
  isClear: boolean,
  picture: ImageBitmap,
): TemplateResult {
  const draw = ref((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement)) return;
    canvas.width = 320;
    canvas.height = Math.round((320 * picture.height) / picture.width);
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  });
  return html`<figure class="aim-colour">
    <canvas role="img" aria-label="What the colour camera of ${name} sees" ${draw}></canvas>
    <figcaption>
      Colour camera${isClear ? '' : ', coarse, so that no plate can be read: enough to see whether it looks the same way'}
    </figcaption>
  </figure>`;
}

/** A line for each plate in the picture. */
export function plateLines(plates: readonly AimPlate[]): TemplateResult {
  if (plates.length === 0) return html`<p class="quiet-words">No plate in the picture.</p>`;
  return html`<ul class="aim-plates">
    ${plates.map((plate) => {
      const { mark, word, className } = widthVerdict(plate.widthPx);
      return html`<li class=${className}>
        <span class="mark" aria-hidden="true">${mark}</span>
        <b>${Math.round(plate.widthPx)} px</b> ${word}, tilt ${tiltWords(plate.tiltDeg)}, ${readWords(plate.unread)}
      </li>`;
    })}
  </ul>`;
}

const tiltWords = (deg: number): string => `${deg < 0 ? '−' : ''}${Math.abs(deg).toFixed(0)}°`;

const tones = { good: '#3ddc84', doubt: '#ffc533', bad: '#ff5d5d' };

function paint(canvas: HTMLCanvasElement, frame: AimFrame, picture: ImageBitmap): void {
  // Twice the picture's size, so that lines and words are sharp.
  const scale = 1280 / frame.width;
  canvas.width = Math.round(frame.width * scale);
  canvas.height = Math.round(frame.height * scale);
  const pen = canvas.getContext('2d');
  if (pen === null) return;
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  pen.lineWidth = 4;
  pen.font = '700 32px sans-serif';
  for (const { box, widthPx, tiltDeg, unread } of frame.plates) {
    const { mark, className } = widthVerdict(widthPx);
    const [x, y, width, height] = box.map((each) => each * scale) as [
      number,
      number,
      number,
      number,
    ];
    pen.strokeStyle = tones[className];
    pen.setLineDash(unread === null ? [] : [14, 10]);
    pen.strokeRect(x, y, width, height);
    const label = `${mark} ${Math.round(widthPx)} px ${tiltWords(tiltDeg)}`;
    const across = pen.measureText(label).width + 16;
    const left = Math.max(0, Math.min(x, canvas.width - across));
    const top = y > 44 ? y - 44 : y + height + 4;
    pen.fillStyle = 'rgb(0 0 0 / 75%)';
    pen.fillRect(left, top, across, 40);
    pen.fillStyle = tones[className];
    pen.fillText(label, left + 8, top + 31);
  }
}
