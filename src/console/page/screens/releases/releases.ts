import { html, nothing } from 'lit-html';
import type * as operations from '../../../../accountability/releases/operations.ts';
import type { ReleaseView } from '../../../../accountability/releases/release-request.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { performForFile } from '../../file-answers.ts';
import { key } from '../../parts/key.ts';
import { saveFile } from '../../parts/save-file.ts';
import { table } from '../../parts/table.ts';
import { tabs } from '../../parts/tabs.ts';
import type { Screen } from '../../screen.ts';
import { changed, may, page } from '../../state.ts';
import { capital, when } from '../../words.ts';
import { newWork } from '../../work.ts';

type Tab = 'waiting' | 'all';

/** "Approved, used up" */
export const standingWords = ({ shown, standing }: ReleaseView): string =>
  capital(standing === null || standing === 'open' ? shown : `${shown}, ${standing}`);

/** Who decides does not decide on their own. */
const isWaiting = ({ state, requested }: ReleaseView) =>
  (state === 'requested' || state === 'verified') &&
  !(may('releases.approve') && requested.username === page.session?.username);

/** Requests of other agencies: those to decide, and all on file with the log of them. */
export function releases(): Screen {
  let requests: ReleaseView[] | null = null;
  let tab: Tab = may('releases.approve') ? 'waiting' : 'all';
  const work = newWork();
  const load = async () => {
    const list = await work.run(() => perform<typeof operations.listReleases>('releases.list', {}));
    requests = list?.toReversed() ?? requests;
    changed();
  };
  void load();
  const save = async (as: 'csv' | 'xlsx') => {
    const file = await work.run(() =>
      performForFile<typeof operations.exportReleaseLog>('releases.log', { as }),
    );
    if (file !== undefined) saveFile(file);
  };
  return {
    view() {
      const waiting = requests?.filter(isWaiting) ?? null;
      const rows = tab === 'waiting' ? waiting : requests;
      return html`<section class="screen wide">
        <div class="screen-head">
          <h1>Releases</h1>
          ${key({ label: 'Enter a request', kind: 'first', onPress: () => go('releases/new') })}
        </div>
        ${tabs<Tab>({
          label: 'Which requests',
          values: [
            {
              value: 'waiting',
              label: may('releases.approve') ? 'Waiting for me' : 'Waiting',
              count: waiting?.length ?? null,
            },
            { value: 'all', label: 'Log', count: requests?.length ?? null },
          ],
          chosen: tab,
          onChoose: (next) => {
            tab = next;
            changed();
          },
        })}
        ${work.line()} ${rows === null ? html`<p>Loading…</p>` : requestTable(rows, tab)}
        ${
          tab === 'all'
            ? html`<div class="row-keys">
                ${key({ label: 'Save as CSV', kind: 'quiet', onPress: () => void save('csv') })}
                ${key({ label: 'Save as Excel', kind: 'quiet', onPress: () => void save('xlsx') })}
              </div>`
            : nothing
        }
      </section>`;
    },
  };
}

function requestTable(rows: readonly ReleaseView[], tab: Tab) {
  return table<ReleaseView>({
    caption: tab === 'waiting' ? 'Requests that await a decision' : 'Requests on file',
    columns: [
      { title: 'Request', cell: ({ number }) => number, kind: 'code' },
      { title: 'Standing', cell: standingWords },
      { title: 'Agency', cell: ({ agency, person }) => `${agency}, ${person}` },
      { title: 'Purpose', cell: ({ purpose }) => purpose },
      { title: 'Entered', cell: ({ requested }) => when(Date.parse(requested.at)) },
      { title: 'Decided by', cell: ({ decided }) => decided?.name ?? null },
    ],
    rows,
    empty: tab === 'waiting' ? 'No request waits.' : 'No request is on file.',
    keyOf: ({ id }) => id,
    onOpen: ({ number }) => go(`releases/${number}`),
  });
}
