import { html, nothing } from 'lit-html';
import type { Mute } from '../../../accountability/verification/mutes.ts';
import type * as operations from '../../../accountability/verification/operations.ts';
import { perform } from '../api.ts';
import { confirmDeed } from '../parts/confirm.ts';
import { key } from '../parts/key.ts';
import { table } from '../parts/table.ts';
import type { Screen } from '../screen.ts';
import { changed, may, tell } from '../state.ts';
import { codeWords, when } from '../words.ts';
import { newWork } from '../work.ts';

/** Entries that do not alert for now, because an officer found a misread or an old entry; who may manage lists lets them alert again. */
export function mutes(): Screen {
  let muted: Mute[] | null = null;
  const work = newWork();
  const load = async () => {
    const told = await work.run(() => perform<typeof operations.listMutes>('hits.mutes', {}));
    if (told !== undefined) muted = told;
    changed();
  };
  void load();
  const lift = async ({ id, plate, entry, until }: Mute) => {
    const isMeant = await confirmDeed({
      title: 'Let it alert again?',
      words: `It would be muted until ${until === null ? 'the entry changes' : when(Date.parse(until))}. From now on the next read of ${plate ?? `what entry ${entry} lists`} alerts.`,
      deed: 'Let it alert',
      kind: 'first',
    });
    if (!isMeant) return;
    const lifted = await work.run(() =>
      perform<typeof operations.liftMute>('hits.lift-mute', { id }),
    );
    if (lifted === undefined) return;
    tell('It alerts again.', 'done');
    await load();
  };
  return {
    view: () => html`<section class="screen wide">
      <h1>Muted entries</h1>
      <p class="quiet-words">
        After a disposition such as a misread plate, reads that would alert wrongly again are muted. Urgent ones never are.
      </p>
      ${work.line()}
      ${
        muted === null
          ? html`<p>Loading…</p>`
          : table<Mute>({
              caption: 'Muted entries',
              columns: [
                { title: 'Read as', cell: ({ plate }) => plate ?? 'Any read', kind: 'plate' },
                { title: 'List', cell: ({ list }) => list },
                { title: 'Entry', cell: ({ entry }) => entry, kind: 'code' },
                { title: 'Why', cell: ({ outcome }) => codeWords(outcome) },
                {
                  title: 'By',
                  cell: ({ mutedBy, mutedAt }) => `${mutedBy}, ${when(Date.parse(mutedAt))}`,
                },
                {
                  title: 'Until',
                  cell: ({ until }) =>
                    until === null ? 'the entry changes' : when(Date.parse(until)),
                },
                {
                  title: 'Lift',
                  cell: (mute) =>
                    may('hotlist.manage')
                      ? key({ label: 'Alert again', kind: 'quiet', onPress: () => void lift(mute) })
                      : nothing,
                },
              ],
              rows: muted,
              empty: 'Nothing is muted.',
              keyOf: ({ id }) => id,
            })
      }
    </section>`,
  };
}
