import { html, nothing, type TemplateResult } from 'lit-html';
import { go } from '../../address.ts';
import { key } from '../../parts/key.ts';
import type { page } from '../../state.ts';
import { ago, counted, unitStates } from '../../words.ts';

export type Unit = NonNullable<(typeof page.status)['units']>[number];

/** Most units in the line; the screen Units has all. */
const mostShown = 8;
const ranks = { silent: 0, offline: 1, online: 2 } as const;

/** The units, those first that are not on the air or have something wrong; of many the rest are counted. */
export function boardUnits(units: readonly Unit[]): TemplateResult | typeof nothing {
  if (units.length === 0) return nothing;
  const shown = units.toSorted(first).slice(0, mostShown);
  const rest = units.length - shown.length;
  return html`<div class="chips board-units" role="group" aria-label="Units">
    ${shown.map(
      (unit) =>
        html`<span class="chip ${isWell(unit) ? 'good' : 'doubt'}"><small>${unit.unit}</small><b>${stateOf(unit)}</b></span> `,
    )}
    ${rest === 0 ? nothing : key({ label: `${rest} more units`, kind: 'quiet', onPress: () => go('units') })}
  </div>`;
}

const isWell = ({ state, problems, revocation }: Unit): boolean =>
  state === 'online' && revocation == null && (problems ?? []).length === 0;

function first(a: Unit, b: Unit): number {
  return (
    ranks[a.state] - ranks[b.state] ||
    Number(isWell(a)) - Number(isWell(b)) ||
    a.unit.localeCompare(b.unit)
  );
}

function stateOf({ state, since, problems, revocation }: Unit): string {
  const words = `${revocation == null ? '' : 'shut out, '}${unitStates[state]}`;
  if (state !== 'online') return since ? `${words}, ${ago(Date.parse(since))}` : words;
  const count = problems?.length ?? 0;
  return count === 0 ? words : `${words}, ${counted(count, 'problem')}`;
}
