import { html, nothing, svg, type TemplateResult } from 'lit-html';
import type { AimFrame } from '../../../aim-line.ts';
import { goodWidthPx, median, poorWidthPx, type Verdict, widthVerdict } from './aim-words.ts';
import { type Judged, sharpnessVerdict } from './verdicts.ts';

/** The mark and word of a figure. */
export const verdictMark = ({ mark, word, className }: Verdict): TemplateResult =>
  html`<span class="verdict ${className}"><span class="mark" aria-hidden="true">${mark}</span> ${word}</span>`;

/** Figures with what they should be. */
export function judgedList(judged: readonly Judged[]): TemplateResult {
  return html`<dl class="aim-figures">
    ${judged.map(
      ({ name, value, verdict, wanted }) => html`<div>
        <dt>${name}</dt>
        <dd><b>${value}</b> ${verdictMark(verdict)} <small>wanted: ${wanted}</small></dd>
      </div>`,
    )}
  </dl>`;
}

const across = 300;

/**
 * The sharpness of the picture as a bar that ends at the sharpest so far: while the lens is turned it is brought there again.
 */
export function sharpnessMeter(
  { quality }: AimFrame,
  sharpest: number,
  leastSharpness: number,
): TemplateResult {
  const most = Math.max(sharpest, leastSharpness * 2, 1) * 1.1;
  const at = (value: number) => (across * Math.min(1, value / most)).toFixed(1);
  const share = sharpest <= 0 ? 1 : quality.sharpness / sharpest;
  const words = `${Math.round(share * 100)} % of the sharpest`;
  const { className } = sharpnessVerdict(quality.sharpness, sharpest, leastSharpness);
  return html`<figure class="aim-meter">
    <figcaption>Sharpness <b>${words}</b></figcaption>
    <svg viewBox="0 0 ${across} 34" role="img" aria-label=${`Sharpness: ${words}`} class=${className}>
      ${svg`<rect class="band" x="0" y="8" width="${across}" height="18" />
      <rect class="target" x=${at(sharpest * 0.95)} y="8" width=${(across - Number(at(sharpest * 0.95))).toFixed(1)} height="18" />
      <rect class="value" x="0" y="11" width=${at(quality.sharpness)} height="12" />
      <path class="peak" d=${`M${at(sharpest)} 2 v30`} />
      <path class="limit" d=${`M${at(leastSharpness)} 4 v26`} />`}
    </svg>
  </figure>`;
}

const stepPx = 20;
const steps = 12;

/** The widths of the last vehicles' plates: how many have which, with the limits and the median. */
export function widthHistogram(widthsPx: readonly number[]): TemplateResult {
  const counts = Array.from({ length: steps }, () => 0);
  for (const width of widthsPx) {
    const step = Math.min(steps - 1, Math.floor(width / stepPx));
    counts[step] = (counts[step] ?? 0) + 1;
  }
  const most = Math.max(1, ...counts);
  const middle = median(widthsPx);
  const at = (px: number) => Math.min(across, (px / (stepPx * steps)) * across).toFixed(1);
  const wide = across / steps;
  const below = (limit: number) => widthsPx.filter((width) => width < limit).length;
  const small = below(poorWidthPx);
  const words = `${small} below ${poorWidthPx} px, ${below(goodWidthPx) - small} from ${poorWidthPx} to ${goodWidthPx} px, ${widthsPx.length - below(goodWidthPx)} wider`;
  return html`<figure class="aim-histogram">
    <figcaption>
      Width of the last ${widthsPx.length} plates
      ${middle === null ? nothing : html`<b>median ${Math.round(middle)} px</b> ${verdictMark(widthVerdict(middle))}`}
    </figcaption>
    <svg viewBox="0 0 ${across} 110" role="img" aria-label=${words}>
      ${counts.map((count, step) => {
        const { className } = widthVerdict((step + 0.5) * stepPx);
        const height = (count / most) * 76;
        return svg`<rect class=${`bar ${className}`} x=${(step * wide + 1).toFixed(1)} y=${(90 - height).toFixed(1)} width=${(wide - 2).toFixed(1)} height=${height.toFixed(1)} />`;
      })}
      ${svg`<path class="axis" d=${`M0 90 h${across}`} />
      <path class="limit" d=${`M${at(poorWidthPx)} 8 v82 M${at(goodWidthPx)} 8 v82`} />
      <text x=${at(poorWidthPx)} y="105">${poorWidthPx}</text>
      <text x=${at(goodWidthPx)} y="105">${goodWidthPx}</text>
      <text x=${at(180)} y="105">180 px</text>
      ${middle === null ? svg`` : svg`<path class="median" d=${`M${at(middle)} 2 v88`} />`}`}
    </svg>
    <p class="quiet-words">${words}.</p>
  </figure>`;
}
