import { html, nothing, type TemplateResult } from 'lit-html';
import type { SeenRead } from '../../../accountability/search/results.ts';
import type { Area } from '../../../config/area.ts';
import { go } from '../address.ts';
import { seenWords } from '../read-words.ts';
import { marksOf } from '../seen-marks.ts';
import { changed } from '../state.ts';
import { coordinates } from '../words.ts';
import { key } from './key.ts';
import { newMap } from './map/map-part.ts';
import { table } from './table.ts';

/** Reads on a map, of which those of one vehicle are brought out: as a path from the first to the last, and as a list. */
export interface SeenVehicles {
  /** The plate that is brought out; null: none is. */
  readonly chosen: string | null;
  /** Brings out a plate; once more, or null, and none is. */
  choose(plate: string | null): void;
  view(options: {
    /** The same list for the same reads. */
    reads: readonly SeenRead[];
    areas?: readonly { area: Area; label?: string }[];
    /** In which of the areas a read was, where there are several: "1, 2". */
    areasOf?: (read: SeenRead) => string;
    /** True: the oldest reads are not among them. */
    more: boolean;
  }): TemplateResult;
}

/** Keeps the map and what is chosen on it; make it once a screen. */
export function newSeenVehicles(): SeenVehicles {
  let chosen: string | null = null;
  const map = newMap();
  return {
    get chosen() {
      return chosen;
    },
    choose(plate) {
      chosen = plate === chosen ? null : plate;
      changed();
    },
    view({ reads, areas = [], areasOf, more }) {
      const marks = marksOf(reads);
      const own = reads.filter(({ plate }) => plate !== null && plate === chosen).toReversed();
      const path = own.flatMap(({ latitude, longitude }) =>
        latitude === null || longitude === null ? [] : [{ latitude, longitude }],
      );
      const count = marks.length === 1 ? '1 read on a map' : `${marks.length} reads on a map`;
      const label =
        chosen === null ? count : `${count}, ${path.length} of ${chosen} in their order`;
      return html`${
        marks.length < reads.length
          ? html`<p class="quiet-words">${reads.length - marks.length} of the reads have no place.</p>`
          : nothing
      }
      ${more ? html`<p class="quiet-words">The newest 10,000 reads are on the map.</p>` : nothing}
      ${map.view({ title: 'Map of the reads', label, marks, path, areas, fit: reads, onOpen: ({ id }) => go(`read/${id}`) })}
      ${chosen === null || own.length === 0 ? nothing : ownReads(chosen, own, areasOf)}`;
    },
  };

  function ownReads(
    plate: string,
    own: readonly SeenRead[],
    areasOf: ((read: SeenRead) => string) | undefined,
  ): TemplateResult {
    const number = new Map(own.map(({ id }, at) => [id, at + 1]));
    return html`<section class="part" aria-label="Reads of ${plate}">
      <div class="screen-head">
        <h3>${plate}: ${own.length === 1 ? '1 read' : `${own.length} reads`}, oldest first</h3>
        ${key({
          label: 'Show all alike',
          kind: 'quiet',
          onPress: () => {
            chosen = null;
            changed();
          },
        })}
      </div>
      ${table<SeenRead>({
        caption: `Reads of ${plate}, oldest first`,
        columns: [
          { title: 'No.', cell: ({ id }) => number.get(id) ?? null },
          { title: 'Seen', cell: ({ lastSeen }) => seenWords(lastSeen), kind: 'code' },
          ...(areasOf === undefined ? [] : [{ title: 'In areas', cell: areasOf }]),
          {
            title: 'Place',
            cell: ({ latitude, longitude }) =>
              latitude === null || longitude === null
                ? 'Without a place'
                : coordinates({ latitude, longitude }),
          },
          { title: 'Hit', cell: ({ hit }) => (hit ? html`<b class="hit-mark">▲ Hit</b>` : 'no') },
        ],
        rows: own,
        empty: '',
        keyOf: ({ id }) => id,
        onOpen: ({ id }) => go(`read/${id}`),
      })}
    </section>`;
  }
}
