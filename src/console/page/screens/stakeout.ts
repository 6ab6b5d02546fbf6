import { html, nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../../accountability/search/operations.ts';
import type { Area } from '../../../config/area.ts';
import { areaFields } from '../parts/area-fields.ts';
import { selectField, textField } from '../parts/field.ts';
import { key } from '../parts/key.ts';
import { newMap } from '../parts/map/map-part.ts';
import { newSeenVehicles, type SeenVehicles } from '../parts/seen-vehicles.ts';
import { showResult } from '../parts/show-result.ts';
import { table } from '../parts/table.ts';
import { lookFor, purposeLine } from '../purpose.ts';
import { seenWords } from '../read-words.ts';
import { rowKeys } from '../row-keys.ts';
import type { Screen } from '../screen.ts';
import { inSeveral, readsOf, type SeveralSeen, type SpotResult } from '../stakeout-result.ts';
import { changed } from '../state.ts';
import { areaOf, newTypedArea, noArea, type TypedArea, typedOf } from '../typed-area.ts';
import { whileHere } from '../while-here.ts';
import { capital } from '../words.ts';
import { newWork } from '../work.ts';

/** An area and a span of time, as they are typed. */
interface Spot extends TypedArea {
  id: number;
  from: string;
  to: string;
}

interface Result extends ReturnType<typeof readsOf> {
  spots: SpotResult[];
  areas: Area[];
  least: number;
  seen: SeveralSeen[];
}

/** Most areas of one question; each is a stakeout of its own at the unit. */
const mostSpots = 6;

const newSpot = (id: number): Spot => ({ id, ...newTypedArea('300'), from: '', to: '' });

/** What was typed and found last: it stays while the person looks at one of the reads. */
const kept: { spots: Spot[]; drawn: number; least: number; result: Result | null } = {
  spots: [newSpot(1)],
  /** Which of them is drawn on the map. */
  drawn: 0,
  least: 1,
  result: null,
};

/** Which vehicles were in several areas at their times: all of them, or at least in so many. */
export function stakeout(): Screen {
  const work = newWork();
  const map = newMap();
  const vehicles = newSeenVehicles();
  const stopKeys = rowKeys('field-centre-1');

  const find = async (event: Event) => {
    event.preventDefault();
    const areas = kept.spots.map(areaOf);
    const wrong = areas.findIndex((area) => typeof area !== 'object');
    if (wrong !== -1) {
      const words = areas[wrong] ?? 'type it, or draw it on the map.';
      work.refusal = `Area ${wrong + 1}: ${typeof words === 'string' ? words : ''}`;
      changed();
      return showResult();
    }
    const asked = kept.spots.map(({ from, to }, at) => ({ area: areas[at], from, to }));
    const least = Math.min(kept.least, asked.length);
    const spots = await work.run(async () => {
      const isHere = whileHere();
      const found: SpotResult[] = [];
      for (const { area, from, to } of asked) {
        if (typeof area !== 'object') continue;
        found.push(
          await lookFor<typeof operations.findInArea>(
            'detections.stakeout',
            { area, from, to },
            isHere,
          ),
        );
      }
      return found;
    });
    if (spots !== undefined) {
      const seen = inSeveral(spots, least);
      const asObjects = areas.filter((area) => typeof area === 'object');
      kept.result = { spots, areas: asObjects, least, seen, ...readsOf(spots, seen) };
      vehicles.choose(null);
    }
    changed();
    showResult();
  };
  const add = () => {
    kept.spots.push(newSpot(Math.max(...kept.spots.map(({ id }) => id)) + 1));
    kept.least = kept.spots.length;
    kept.drawn = kept.spots.length - 1;
    changed();
  };
  const remove = (id: number) => {
    kept.spots = kept.spots.filter((spot) => spot.id !== id);
    kept.least = Math.min(kept.least, kept.spots.length);
    kept.drawn = Math.min(kept.drawn, kept.spots.length - 1);
    changed();
  };

  const draw = (at: number) => {
    kept.drawn = at;
    changed();
  };
  const spotMap = (): TemplateResult => {
    const areas = kept.spots.map(areaOf);
    const isSeveral = areas.length > 1;
    // Areas that are not yet drawn have no number on the map, and no place in its list.
    const shown = areas.flatMap((area, at) => (typeof area === 'object' ? [{ area, at }] : []));
    const own = shown.findIndex(({ at }) => at === kept.drawn);
    return map.view({
      label: `${shown.length} of ${areas.length} areas on a map`,
      areas: shown.map(({ area, at }) => ({ area, ...(isSeveral ? { label: `${at + 1}` } : {}) })),
      drawing: {
        at: own === -1 ? shown.length : own,
        onArea: (area) => {
          const spot = kept.spots[kept.drawn];
          if (spot !== undefined) Object.assign(spot, area === null ? noArea : typedOf(area));
          changed();
        },
      },
    });
  };

  const spotFields = (spot: Spot, at: number): TemplateResult => {
    const take = (name: 'from' | 'to') => (value: string) => {
      spot[name] = value;
    };
    const { id } = spot;
    return html`<fieldset class="part spot">
      <legend>Area ${at + 1}</legend>
      ${areaFields({ typed: spot, suffix: `-${id}`, isRequired: true })}
      <div class="filters">
        ${textField({ name: `from-${id}`, label: 'From', value: spot.from, onInput: take('from'), isRequired: true, hint: 'Like 2026-11-28 14:03, yesterday 14:03' })}
        ${textField({ name: `to-${id}`, label: 'To', value: spot.to, onInput: take('to'), isRequired: true, hint: 'At most 31 days later' })}
      </div>
      ${
        kept.spots.length === 1
          ? nothing
          : html`<div class="row-keys">
              ${key({ label: `Draw area ${at + 1} on the map`, isPressed: kept.drawn === at, onPress: () => draw(at) })}
              ${key({ label: `Leave out area ${at + 1}`, kind: 'quiet', onPress: () => remove(id) })}
            </div>`
      }
    </fieldset>`;
  };

  return {
    leave: stopKeys,
    view: () => html`<section class="screen wide">
      <h1>Stakeout</h1>
      ${purposeLine()}
      <p>Which vehicles were in an area between two times; with several areas, which were in more than one of them.</p>
      <form class="search-form" @submit=${find}>
        ${kept.spots.map(spotFields)} ${spotMap()}
        <div class="row-keys">
          ${kept.spots.length < mostSpots ? key({ label: 'Another area', onPress: add }) : nothing}
        </div>
        ${
          kept.spots.length === 1
            ? nothing
            : html`<div class="filters">
                ${selectField({
                  name: 'least',
                  label: 'Show vehicles that were in at least',
                  values: kept.spots.map((_, at) => ({
                    value: `${at + 1}`,
                    label: at === 0 ? '1 area' : `${at + 1} areas`,
                  })),
                  chosen: `${kept.least}`,
                  onChoose: (value) => {
                    kept.least = Number(value);
                    changed();
                  },
                })}
              </div>`
        }
        <div class="row-keys">
          <button type="submit" class="key first" ?disabled=${work.isBusy}>${work.isBusy ? 'Looking…' : 'Find the vehicles'}</button>
        </div>
      </form>
      <div class="found" id="result">
        ${work.line()} ${kept.result === null ? nothing : resultOf(kept.result, vehicles)}
      </div>
    </section>`,
  };
}

function resultOf(result: Result, vehicles: SeenVehicles): TemplateResult {
  const { spots, areas, least, seen, reads, areasOf } = result;
  const isSeveral = spots.length > 1;
  const notes = [...new Set(spots.flatMap((spot) => spot.notes))];
  return html`<section class="found" aria-label="Result">
    <h2>${seen.length === 0 ? 'No vehicle' : seen.length === 1 ? '1 vehicle' : `${seen.length} vehicles`}${isSeveral ? ` in at least ${least} of ${spots.length} areas` : ''}</h2>
    <ul class="spots">
      ${spots.map(
        ({ span, detections, unread, more }, at) => html`<li>
          Area ${at + 1}, ${capital(span.text)}: ${detections} ${detections === 1 ? 'read' : 'reads'}, ${unread} unread.
          ${more ? html`<b>There are more than can be counted: choose a smaller area or a shorter time.</b>` : nothing}
        </li>`,
      )}
    </ul>
    ${notes.map((note) => html`<p class="why-nothing">${note}</p>`)}
    ${table<SeveralSeen>({
      caption: 'Vehicles by their plates',
      columns: [
        { title: 'Plate', cell: ({ plate }) => plate, kind: 'plate' },
        { title: 'State', cell: ({ state }) => state },
        ...(isSeveral
          ? [{ title: 'In areas', cell: ({ areas }: SeveralSeen) => areas.join(', ') }]
          : []),
        { title: 'Times', cell: ({ times }) => times, kind: 'number' },
        { title: 'First seen', cell: ({ firstSeen }) => seenWords(firstSeen), kind: 'code' },
        { title: 'Last seen', cell: ({ lastSeen }) => seenWords(lastSeen), kind: 'code' },
        { title: 'Hit', cell: ({ hit }) => (hit ? html`<b class="hit-mark">▲ Hit</b>` : 'no') },
      ],
      rows: seen,
      empty: 'No plate was read there so often.',
      keyOf: ({ plate }) => plate,
      onOpen: ({ plate }) => vehicles.choose(plate),
      chosen: vehicles.chosen,
    })}
    ${
      seen.length === 0
        ? nothing
        : html`<p class="quiet-words">Choose a vehicle to see its reads.</p>
            ${vehicles.view({
              ...{
                reads,
                more: spots.some(({ detections, reads: told }) => told.length < detections),
              },
              areas: areas.map((area, at) => ({
                area,
                ...(isSeveral ? { label: `${at + 1}` } : {}),
              })),
              ...(isSeveral
                ? { areasOf: ({ id }: { id: string }) => areasOf.get(id)?.join(', ') ?? '' }
                : {}),
            })}`
    }
    <p class="quiet-words">Vehicles are told apart by the plate as it was read: one that was misread, or not read, in one area counts as another vehicle.</p>
  </section>`;
}
