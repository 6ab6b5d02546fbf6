import type { TemplateResult } from 'lit-html';
import { go } from '../../address.ts';
import type { MapPart } from '../../parts/map/map-part.ts';
import type { Mark } from '../../parts/map/marks.ts';
import { type FoundRead, lastSearch } from '../../search-form.ts';
import { marksOf } from '../../seen-marks.ts';
import { changed } from '../../state.ts';
import type { TimeSpan } from '../../time-bins.ts';
import { areaOf, noArea, typedOf } from '../../typed-area.ts';

/** The area that is searched, and the reads that were found, of the span of time that was chosen of them. */
export function searchMap(
  map: MapPart,
  reads: readonly FoundRead[],
  onDraw: () => void,
): TemplateResult {
  const { form, narrow } = lastSearch;
  const area = areaOf(form);
  const marks = within(marksOf(reads), narrow);
  return map.view({
    label: marks.length === 1 ? '1 read on a map' : `${marks.length} reads on a map`,
    marks,
    areas: typeof area === 'object' ? [{ area }] : [],
    fit: reads,
    onOpen: ({ id }) => go(`read/${id}`),
    drawing: {
      at: 0,
      onArea: (drawn) => {
        Object.assign(form, drawn === null ? noArea : typedOf(drawn));
        onDraw();
        changed();
      },
    },
  });
}

let narrowed: { of: readonly Mark[]; by: TimeSpan; marks: readonly Mark[] } | null = null;

/** Those of the span; the same list for the same span, so that the map is not made anew with each redraw. */
function within(marks: readonly Mark[], span: TimeSpan | null): readonly Mark[] {
  if (span === null) return marks;
  if (narrowed?.of !== marks || narrowed.by !== span) {
    const { fromMs, toMs } = span;
    const kept = marks.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    narrowed = { of: marks, by: span, marks: kept };
  }
  return narrowed.marks;
}
