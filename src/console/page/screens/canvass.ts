import { html, nothing, type TemplateResult } from 'lit-html';
import type { Canvass } from '../../../accountability/canvass/canvass.ts';
import type * as operations from '../../../accountability/canvass/operations.ts';
import { type AnswerOf, perform } from '../api.ts';
import { thisUnit } from '../here-words.ts';
import { confirmDeed } from '../parts/confirm.ts';
import { textField } from '../parts/field.ts';
import { key } from '../parts/key.ts';
import { newSeenVehicles, type SeenVehicles } from '../parts/seen-vehicles.ts';
import { table } from '../parts/table.ts';
import { lookFor, purposeLine } from '../purpose.ts';
import { seenWords } from '../read-words.ts';
import type { Screen } from '../screen.ts';
import { changed, page, tell } from '../state.ts';
import { counted } from '../words.ts';
import { newWork } from '../work.ts';

type Shown = AnswerOf<typeof operations.showCanvass>;

/** The reads around a crime scene, bound to its case: begin, join and end a canvass, and see what passed. */
export function canvass(): Screen {
  const work = newWork();
  let known: Canvass[] = [];
  let shown: Shown | null = null;
  let place = '';
  const seen = newSeenVehicles();

  const load = async () => {
    const told = await work.run(() => perform<typeof operations.listCanvasses>('canvass.list', {}));
    if (told !== undefined) known = told;
    changed();
  };
  void load();

  const begin = async (event: Event) => {
    event.preventDefault();
    const begun = await work.run(() =>
      lookFor<typeof operations.beginCanvass>('canvass.begin', { place }),
    );
    if (begun === undefined) return;
    place = '';
    tell(`The canvass has begun; it ends by itself at ${seenWords(begun.until)}.`, 'done');
    await load();
  };
  const join = async ({ id }: Canvass) => {
    const joined = await work.run(() =>
      lookFor<typeof operations.joinCanvass>('canvass.join', { id }),
    );
    if (joined === undefined) return;
    tell(`${thisUnit()} takes part from now on.`, 'done');
    await load();
  };
  const end = async ({ unit }: Canvass) => {
    const isOurs = unit === page.session?.at.unit;
    const isMeant = await confirmDeed({
      title: 'End the canvass?',
      words: isOurs ? 'It ends for all units.' : 'It goes on for the other units.',
      deed: 'End it',
    });
    if (!isMeant) return;
    const ended = await work.run(() => perform<typeof operations.endCanvass>('canvass.end', {}));
    if (ended === undefined) return;
    tell('The canvass is over here.', 'done');
    await load();
  };
  const show = async ({ id }: Canvass) => {
    const told = await work.run(() =>
      lookFor<typeof operations.showCanvass>('canvass.show', { id }),
    );
    if (told === undefined) return changed();
    shown = told;
    seen.choose(null);
  };

  const running = () => known.find(({ part }) => part !== null && part.to === null);

  return {
    comeBack: () => void load(),
    view: () => html`<section class="screen wide">
      <h1>Canvass</h1>
      ${purposeLine()} ${work.line()} ${runningLine(running(), end)}
      ${
        running() === undefined
          ? html`<form class="step-body" @submit=${begin}>
              ${textField({
                name: 'place',
                label: 'What happened and where, without names',
                value: place,
                longest: 200,
                isRequired: true,
                hint: 'It belongs to a case or an incident, whose number the purpose names.',
                onInput: (text) => {
                  place = text;
                },
              })}
              <div class="step-keys"><button type="submit" class="key first">Begin a canvass</button></div>
            </form>`
          : nothing
      }
      <h2>Known canvasses</h2>
      ${table({
        caption: 'Canvasses that are known here, the latest first',
        empty: 'None yet.',
        rows: known,
        keyOf: ({ id }) => id,
        onOpen: (row) => void show(row),
        columns: [
          { title: 'Case or incident', cell: numberOf },
          { title: 'Place', cell: (row) => row.place },
          {
            title: 'Begun',
            cell: ({ begunAt, begunBy, unit }) => `${seenWords(begunAt)}, ${begunBy}, ${unit}`,
          },
          {
            title: thisUnit(),
            cell: (row) => partOf(row, running() === undefined, () => void join(row)),
          },
        ],
      })}
      ${shown === null ? nothing : vehicles(shown, seen)}
    </section>`,
  };
}

const numberOf = ({ caseNumber, incidentNumber }: Canvass) => caseNumber ?? incidentNumber ?? '–';

function runningLine(running: Canvass | undefined, end: (canvass: Canvass) => Promise<void>) {
  if (running === undefined) return nothing;
  return html`<p class="purpose-line">
    <b>Running: ${running.place} (${numberOf(running)}), until ${seenWords(running.until)}</b>
    ${key({ label: 'End it', onPress: () => void end(running) })}
  </p>`;
}

/** Whether this unit takes or took part; one that it does not may be joined while none is running. */
function partOf(
  { part, until }: Canvass,
  isFree: boolean,
  join: () => void,
): TemplateResult | string {
  if (part !== null) return part.to === null ? 'takes part' : `until ${seenWords(part.to)}`;
  const isOver = Date.parse(until) < Date.now();
  return isOver || !isFree ? 'no' : key({ label: 'Join', onPress: join });
}

function vehicles(shown: Shown, onMap: SeenVehicles): TemplateResult {
  const { canvass: of, vehicles: seen, detections, unread, reads, more } = shown;
  const most = more ? ' More passed than are counted here.' : '';
  return html`<h2>${of.place}</h2>
    <p>${counted(seen.length, 'vehicle')} in ${counted(detections, 'read')}, ${unread} of them without a plate.${most}</p>
    ${table({
      caption: 'Vehicles of the canvass',
      empty: 'No vehicle passed.',
      rows: seen,
      keyOf: ({ plate }) => plate,
      onOpen: ({ plate }) => onMap.choose(plate),
      chosen: onMap.chosen,
      columns: [
        { title: 'Plate', kind: 'plate', cell: ({ plate }) => plate },
        { title: 'State', cell: ({ state }) => state },
        { title: 'Times', kind: 'number', cell: ({ times }) => times },
        { title: 'First', cell: ({ firstSeen }) => seenWords(firstSeen) },
        { title: 'Last', cell: ({ lastSeen }) => seenWords(lastSeen) },
        { title: 'Hit', cell: ({ hit }) => (hit ? html`<b class="hit-mark">▲ Hit</b>` : 'no') },
      ],
    })}
    ${reads.length === 0 ? nothing : html`<p class="quiet-words">Choose a vehicle to see its reads.</p> ${onMap.view({ reads, more: reads.length < detections })}`}`;
}
