import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { binsOfSpan, spanOfBins, type TimeBins, type TimeSpan } from '../time-bins.ts';
import { when } from '../words.ts';

const width = 1000;
const height = 100;

/**
 * Bars of how many there were, on which a span is pulled out with a finger or the mouse; two sliders do the same by
 * keyboard. `chosen`: null: all of the time.
 */
export function timeBrush(options: {
  bins: TimeBins;
  chosen: TimeSpan | null;
  onChoose: (span: TimeSpan | null) => void;
}): TemplateResult {
  const { bins, chosen, onChoose } = options;
  const { counts, edges } = bins;
  const most = Math.max(...counts);
  const [first, last] = chosen === null ? [0, counts.length - 1] : binsOfSpan(bins, chosen);
  const step = width / counts.length;
  const bars = counts.map((count, bin) => {
    if (count === 0) return nothing;
    // One that is there is seen, however many another has.
    const high = Math.max(3, (count / most) * height);
    const kind = chosen === null || (bin >= first && bin <= last) ? 'in' : 'out';
    return svg`<rect class=${kind} x=${bin * step} y=${height - high} width=${Math.max(1, step * 0.9)} height=${high}></rect>`;
  });
  const sum = counts.slice(first, last + 1).reduce((all, count) => all + count, 0);
  const edge = (label: string, bin: number, take: (bin: number) => void, words: string) =>
    html`<label class="brush-edge"
      ><span>${label}</span>
      <input
        type="range"
        min="0"
        max=${counts.length - 1}
        .value=${String(bin)}
        aria-valuetext=${words}
        @input=${(event: Event) => take(Number((event.target as HTMLInputElement).value))}
    /></label>`;
  const choose = (a: number, b: number) => onChoose(spanOfBins(bins, a, b));
  const span = spanOfBins(bins, first, last);
  const words = `${when(span.fromMs)} to ${when(span.toMs)}: ${sum} of ${counts.reduce((all, count) => all + count, 0)} reads`;
  return html`<figure class="time-brush">
    <figcaption>Reads by the ${bins.step}, ${most} at most</figcaption>
    <svg
      viewBox="0 0 ${width} ${height}"
      preserveAspectRatio="none"
      aria-hidden="true"
      @pointerdown=${(event: PointerEvent) => pull(event, counts.length, choose)}
    >
      <rect class="brush-ground" width=${width} height=${height}></rect>
      ${chosen === null ? nothing : svg`<rect class="brush-chosen" x=${first * step} width=${(last - first + 1) * step} height=${height}></rect>`}
      ${bars}
    </svg>
    <div class="brush-ends"><span>${when(edges[0] ?? 0)}</span><span>${when(edges.at(-1) ?? 0)}</span></div>
    <div class="brush-edges" role="group" aria-label="Span of time">
      ${edge('From', first, (bin) => choose(bin, Math.max(bin, last)), when(span.fromMs))}
      ${edge('To', last, (bin) => choose(Math.min(first, bin), bin), when(span.toMs))}
    </div>
    <p role="status">${words}</p>
  </figure>`;
}

/** Pulls a span from where the finger was put down. */
function pull(down: PointerEvent, bins: number, choose: (a: number, b: number) => void): void {
  const ground = down.currentTarget;
  if (!(ground instanceof SVGElement) || down.button !== 0) return;
  const binAt = ({ clientX }: PointerEvent): number => {
    const { left, width: wide } = ground.getBoundingClientRect();
    return Math.floor(((clientX - left) / wide) * bins);
  };
  down.preventDefault();
  ground.setPointerCapture(down.pointerId);
  const from = binAt(down);
  const move = (event: PointerEvent) => choose(from, binAt(event));
  const end = () => {
    ground.removeEventListener('pointermove', move);
    ground.removeEventListener('pointerup', end);
    ground.removeEventListener('pointercancel', end);
  };
  choose(from, from);
  ground.addEventListener('pointermove', move);
  ground.addEventListener('pointerup', end);
  ground.addEventListener('pointercancel', end);
}
