import { html, nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../../accountability/lists/operations.ts';
import type { HotEntry, ListStatus } from '../../../hotlist/hit-match.ts';
import { go } from '../address.ts';
import { perform } from '../api.ts';
import { ageWords, listStanding, problemWords, sourceWords } from '../hot-list-words.ts';
import { confirmDeed } from '../parts/confirm.ts';
import { entryTable } from '../parts/entry-table.ts';
import { textField } from '../parts/field.ts';
import { key } from '../parts/key.ts';
import { lookFor, purposeLine } from '../purpose.ts';
import type { Screen } from '../screen.ts';
import { changed, isHeadquarters, may, tell } from '../state.ts';
import { when } from '../words.ts';
import { newWork } from '../work.ts';
import { listImport } from './hot-list-import.ts';
import { listVersions } from './hot-list-versions.ts';

const pageSize = 50;

/** One hot list: whether it alerts, a new file for it, and what is on it. */
export function hotList(id: string): Screen {
  let list: ListStatus | null = null;
  let isThere = true;
  let entries: HotEntry[] | null = null;
  let hasMore = false;
  let plate = '';
  let shownPlate = '';
  const work = newWork();
  const browsing = newWork();

  const load = async () => {
    const lists = await work.run(() =>
      perform<typeof operations.listHotLists>('hotlist.status', {}),
    );
    if (lists === undefined) return;
    list = lists.find((each) => each.id === id) ?? null;
    isThere = list !== null;
    changed();
  };
  void load();
  const versions = isHeadquarters() ? listVersions(id, () => void load()) : null;
  const importing = listImport(id, () => {
    void load();
    void versions?.load();
  });

  const turn = async ({ enabled, name }: ListStatus) => {
    if (enabled) {
      const isMeant = await confirmDeed({
        title: `Switch ${name} off?`,
        words: isHeadquarters()
          ? 'No vehicle on it alerts on any unit until somebody switches it on again here. Units that are off the air hear of it when they are back.'
          : 'No vehicle on it alerts on this unit until somebody switches it on again.',
        deed: 'Switch it off',
      });
      if (!isMeant) return;
    }
    const next = await work.run(() =>
      enabled
        ? perform<typeof operations.disableHotList>('hotlist.disable', { list: id })
        : perform<typeof operations.enableHotList>('hotlist.enable', { list: id }),
    );
    if (next === undefined) return;
    list = next;
    const where = isHeadquarters() ? ' All units are told.' : '';
    tell(`${name} is ${next.enabled ? 'on' : 'off'}.${where}`, 'done');
    void versions?.load();
  };
  const remove = async ({ name, entries: count }: ListStatus) => {
    const isMeant = await confirmDeed({
      title: `Delete what is on ${name}?`,
      words: isHeadquarters()
        ? `Its ${count.toLocaleString('en-US')} entries are deleted here and from every unit, and none of them alerts. It stays empty until a file is imported here. Units that are off the air hear of it when they are back.`
        : `Its ${count.toLocaleString('en-US')} entries are deleted from this unit, and none of them alerts. It stays empty until a file is imported, or headquarters has a newer version.`,
      deed: 'Delete its entries',
    });
    if (!isMeant) return;
    const done = await work.run(() =>
      perform<typeof operations.deleteHotList>('hotlist.delete', { list: id }),
    );
    if (done === undefined) return;
    entries = null;
    tell(`${done.deleted.toLocaleString('en-US')} entries were deleted.`, 'done');
    void versions?.load();
    await load();
  };
  const browse = async (isMore = false) => {
    const before = isMore ? (entries ?? []) : [];
    const asked = isMore ? shownPlate : plate.trim();
    const found = await browsing.run(() =>
      lookFor<typeof operations.browseHotList>('hotlist.browse', {
        list: id,
        offset: before.length,
        limit: pageSize,
        ...(asked === '' ? {} : { plate: asked }),
      }),
    );
    if (found === undefined) return;
    entries = [...before, ...found];
    shownPlate = asked;
    hasMore = found.length === pageSize;
    changed();
  };

  const browser = (): TemplateResult => {
    const submit = (event: Event) => {
      event.preventDefault();
      void browse();
    };
    return html`<section class="part">
      <h2>What is on it</h2>
      ${purposeLine()}
      <form class="filters" @submit=${submit}>
        ${textField({
          name: 'plate',
          label: 'Plate, or nothing for all',
          kind: 'plate',
          value: plate,
          onInput: (value) => {
            plate = value.toUpperCase();
          },
          longest: 20,
        })}
        <button type="submit" class="key" ?disabled=${browsing.isBusy}>Show</button>
      </form>
      ${browsing.line()}
      ${
        entries === null
          ? nothing
          : html`${entryTable(entries, shownPlate === '' ? 'Nothing is on it.' : 'This plate is not on it, nor one that it may be taken for.')}
            ${hasMore ? html`<div class="row-keys">${key({ label: `${pageSize} more`, onPress: () => void browse(true) })}</div>` : nothing}`
      }
    </section>`;
  };

  return {
    comeBack() {
      void load();
      void versions?.load();
    },
    view() {
      const told = list;
      return html`<section class="screen wide">
        <div class="screen-head">
          <h1>${told?.name ?? 'Hot list'}</h1>
          ${key({ label: 'All hot lists', kind: 'quiet', onPress: () => go('lists') })}
        </div>
        ${work.line()}
        ${isThere ? nothing : html`<p class="empty">There is no hot list ${id} here.</p>`}
        ${
          told === null
            ? nothing
            : html`${statusView(told)}
                ${
                  may('hotlist.manage')
                    ? html`<div class="row-keys">
                          ${key({ label: told.enabled ? 'Switch off' : 'Switch on', onPress: () => void turn(told) })}
                          ${told.entries > 0 ? key({ label: 'Delete its entries', kind: 'danger', onPress: () => void remove(told) }) : nothing}
                        </div>
                        ${importing.view(told)}`
                    : nothing
                }
                ${versions === null ? nothing : versions.view(told)}
                ${may('hotlist.browse') ? browser() : nothing}`
        }
      </section>`;
    },
  };
}

function statusView(list: ListStatus): TemplateResult {
  const { asOf, importedAt, importedBy, chosen, removed, entries } = list;
  const problem = problemWords(list);
  const { words, mood } = listStanding(list);
  return html`${problem === null ? nothing : html`<p class="refusal">${problem}</p>`}
    <dl class="fact-list">
      <dt>Standing</dt>
      <dd>
        <b class=${mood}>${words}</b>${chosen === null ? nothing : html`, by ${chosen.by}, ${when(Date.parse(chosen.at))}`}
      </dd>
      ${
        removed?.from === 'headquarters'
          ? html`<dt>Taken back</dt>
              <dd>${removed.by === null ? nothing : html`by ${removed.by}, `}${when(Date.parse(removed.at))}</dd>`
          : nothing
      }
      <dt>Age</dt>
      <dd>${ageWords(list)}${asOf === null ? nothing : html`, made ${when(Date.parse(asOf))}`}</dd>
      <dt>Entries</dt>
      <dd>${entries.toLocaleString('en-US')}</dd>
      <dt>Source</dt>
      <dd>${sourceWords(list)}</dd>
      ${
        importedAt === null
          ? nothing
          : html`<dt>Taken in</dt>
              <dd>${when(Date.parse(importedAt))} from ${importedBy ?? '–'}</dd>`
      }
    </dl>`;
}
