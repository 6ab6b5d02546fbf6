import { html, nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../../accountability/lost-unit/operations.ts';
import { perform } from '../api.ts';
import { confirmDeed } from '../parts/confirm.ts';
import { areaField, textField } from '../parts/field.ts';
import { key } from '../parts/key.ts';
import type { Screen } from '../screen.ts';
import { may, page, tell } from '../state.ts';
import { newWork } from '../work.ts';
import { otherLostUnit } from './other-lost-unit.ts';

/** A unit that gets into other hands: lock everybody out, or destroy what it holds; this one, or another (BRE-1). */
export function lostUnit(): Screen {
  let reason = '';
  let typed = '';
  const work = newWork();
  const lock = async () => {
    const isMeant = await confirmDeed({
      title: 'Lock this unit?',
      words:
        'Every screen is locked, and nobody gets in until headquarters unlocks it. It goes on reading.',
      deed: 'Lock the unit',
    });
    if (!isMeant) return;
    const locked = await work.run(() =>
      perform<typeof operations.lockUnit>('unit.lock', { reason }),
    );
    if (locked !== undefined) tell('The unit is locked.', 'done');
  };
  const wipe = async () => {
    const isMeant = await confirmDeed({
      title: 'Destroy everything on this unit?',
      words:
        'Reads, alerts, pictures, lists, accounts, keys and the audit log are destroyed, also what headquarters has not yet got. Nothing brings them back.',
      deed: 'Destroy it all',
    });
    if (!isMeant) return;
    const wiped = await work.run(() =>
      perform<typeof operations.wipeUnit>('unit.wipe', { reason, unit: typed }),
    );
    if (wiped !== undefined) tell('The unit is being wiped.', 'done');
  };
  const other = otherLostUnit();
  const wiping = (): TemplateResult => html`<h3>Wipe it</h3>
    ${textField({
      name: 'unit',
      label: `To destroy everything, type its id: ${page.session?.at.unit ?? ''}`,
      value: typed,
      longest: 100,
      onInput: (text) => {
        typed = text;
      },
    })}
    <div class="step-keys">
      ${key({ label: 'Wipe the unit', kind: 'danger', onPress: () => void wipe(), isDisabled: work.isBusy })}
    </div>`;
  const thisUnit = () => html`<section class="part" aria-labelledby="this-unit">
      <h2 id="this-unit">Lock or wipe this unit</h2>
      <p class="quiet-words">For a unit that gets out of the agency's hands.</p>
      ${work.line()}
      ${areaField({
        name: 'reason',
        label: 'Why',
        value: reason,
        longest: 500,
        onInput: (text) => {
          reason = text;
        },
      })}
      <div class="step-keys">
        ${key({ label: 'Lock the unit', kind: 'danger', onPress: () => void lock(), isDisabled: work.isBusy })}
      </div>
      ${may('retention.purge') ? wiping() : nothing}
    </section>`;
  return {
    view: () => html`<section class="screen">
      <h1>Lost unit</h1>
      ${may('errors.report') ? other() : nothing} ${may('accounts.change') ? thisUnit() : nothing}
    </section>`,
  };
}
