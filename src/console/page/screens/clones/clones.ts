import { html } from 'lit-html';
import type { CloneFinding, CloneFindings } from '../../../../accountability/clones/finding.ts';
import type { listClones } from '../../../../accountability/clones/operations.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { judgedWords } from '../../clone-words.ts';
import { checkField } from '../../parts/field.ts';
import { table } from '../../parts/table.ts';
import { distanceWords } from '../../places-on-earth.ts';
import type { Screen } from '../../screen.ts';
import { changed } from '../../state.ts';
import { span, when } from '../../words.ts';
import { newWork } from '../../work.ts';

/** At headquarters: plates that two units read so far apart that no car drives it, without the plates. */
export function clones(): Screen {
  let found: CloneFindings | null = null;
  let all = false;
  const work = newWork();
  const load = async () => {
    found = (await work.run(() => perform<typeof listClones>('clones.list', { all }))) ?? found;
    changed();
  };
  void load();

  return {
    view: () => html`<section class="screen wide">
      <h1>Possible clones</h1>
      <p class="quiet-words">
        Two units read one plate so far apart that no car drives it in the time between, whatever their fixes and clocks may
        be off. Unsure reads are left out, and the same characters of two states are two plates. Nobody is alerted by it.
      </p>
      ${work.line()}
      ${checkField({
        name: 'all-clones',
        label: 'Also those that somebody has judged',
        isOn: all,
        onChange: (isOn) => {
          all = isOn;
          void load();
        },
      })}
      ${
        found === null
          ? html`<p>${work.refusal === '' ? 'Loading…' : ''}</p>`
          : table<CloneFinding>({
              caption: 'Plates in two places, newest first',
              columns: [
                { title: 'Units', cell: ({ units }) => units.join(' and ') },
                {
                  title: 'Last seen so',
                  kind: 'code',
                  cell: ({ latestAt }) => when(Date.parse(latestAt)),
                },
                {
                  title: 'Way',
                  cell: ({ leastM, mostS }) => `${distanceWords(leastM)} in ${span(mostS)}`,
                },
                { title: 'Times', kind: 'number', cell: ({ times }) => times },
                { title: 'What it is', cell: judgedWords },
              ],
              rows: found.findings,
              empty: all ? 'No plate was read in two places.' : 'No finding waits for a verdict.',
              keyOf: ({ id }) => id,
              onOpen: ({ id }) => go(`clones/${id}`),
            })
      }
      ${found?.more ? html`<p>There are more; judge some of these.</p>` : ''}
    </section>`,
  };
}
