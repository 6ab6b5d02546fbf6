import { html, svg, type TemplateResult } from 'lit-html';

/** Light modules around a code, which phones need to find it (ISO/IEC 18004). */
const quiet = 4;

/** A QR code from its rows of `1` and `0`, dark on light in every theme: phones read no other. */
export function qrCode(rows: readonly string[], label: string): TemplateResult {
  const size = rows.length + 2 * quiet;
  const dark = rows.flatMap((row, y) =>
    [...row.matchAll(/1+/g)].map(
      ({ 0: run, index }) => `M${index + quiet} ${y + quiet}h${run.length}v1h-${run.length}z`,
    ),
  );
  return html`<svg class="qr-code" viewBox="0 0 ${size} ${size}" role="img" aria-label=${label}>
    ${svg`<rect width=${size} height=${size} fill="#fff"></rect><path d=${dark.join('')} fill="#000"></path>`}
  </svg>`;
}
