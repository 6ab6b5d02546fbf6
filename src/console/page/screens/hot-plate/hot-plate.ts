import { html, nothing } from 'lit-html';
import type { ShownHotPlate } from '../../../../accountability/hotplates/hot-plate.ts';
import type { HotPlateWithLog } from '../../../../accountability/hotplates/hot-plates.ts';
import type * as operations from '../../../../accountability/hotplates/operations.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { key } from '../../parts/key.ts';
import { lookedUp } from '../../parts/looked-up.ts';
import { type HotPlateRules, readHotPlateRules } from '../../policy-rules.ts';
import { lookFor, purposeLine } from '../../purpose.ts';
import type { Screen } from '../../screen.ts';
import { changed, may } from '../../state.ts';
import { newWork } from '../../work.ts';
import { hotPlateDeeds } from './deeds.ts';
import { entryHistory, entryView } from './entry-view.ts';

/** One hot plate: what it says, who did what to it, and what this person may do with it. */
export function hotPlate(id: string): Screen {
  let entry: ShownHotPlate | null = null;
  let log: HotPlateWithLog['log'] | null = null;
  let rules: HotPlateRules = {};
  const work = newWork();
  const deeds = hotPlateDeeds(id, {
    work,
    rules: () => rules,
    onDone(now) {
      entry = now;
      log = null;
    },
  });

  const withHistory = async () => {
    const found = await work.run(() =>
      lookFor<typeof operations.showHotPlate>('hotplates.show', { id }),
    );
    if (found !== undefined) ({ entry, log } = found);
    changed();
  };
  const load = async () => {
    rules = await readHotPlateRules();
    if (may('hotplates.approve')) {
      const found = await work.run(() =>
        perform<typeof operations.listAwaiting>('hotplates.awaiting', { id }),
      );
      entry = found?.[0] ?? null;
    }
    if (entry === null) await withHistory();
    changed();
  };
  void load();

  const shown = (told: ShownHotPlate) => html`${entryView(told, rules)} ${deeds.view(told)}
    ${
      log === null
        ? html`<div class="row-keys">
            ${key({ label: 'What was done to it', kind: 'quiet', onPress: () => void withHistory() })}
          </div>`
        : entryHistory(log)
    }`;

  return {
    comeBack: () => void load(),
    view() {
      const told = entry;
      return html`<section class="screen">
        <div class="screen-head">
          <h1>Hot plate</h1>
          ${key({ label: 'All hot plates', kind: 'quiet', onPress: () => go('hot-plates') })}
        </div>
        ${purposeLine()} ${deeds.isOpen ? nothing : work.line()}
        ${lookedUp(told && shown(told), work, 'It is shown', () => void load())}
      </section>`;
    },
  };
}
