import { html, nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../../accountability/lists/operations.ts';
import type { ListStatus } from '../../../hotlist/hit-match.ts';
import { type AnswerOf, perform } from '../api.ts';
import { textField } from '../parts/field.ts';
import { key } from '../parts/key.ts';
import { table } from '../parts/table.ts';
import { changed, may, tell } from '../state.ts';
import { when } from '../words.ts';
import { newWork } from '../work.ts';

type Version = AnswerOf<typeof operations.listVersionsOfList>[number];

/** While a version is made or sent, the page looks for it so often and so long. */
const lookEveryMs = 3000;
const mostLooks = 40;

/** At headquarters: which versions of a list went to all units, and how to put an earlier one in force again. */
export function listVersions(
  list: string,
  onDone: () => void,
): { view(told: ListStatus): TemplateResult; load(): Promise<void> } {
  let versions: readonly Version[] | null = null;
  /** The version that is to be in force again. */
  let chosen: number | null = null;
  let reason = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looks = 0;
  const work = newWork();
  const loading = newWork();

  const load = async () => {
    versions =
      (await loading.run(() =>
        perform<typeof operations.listVersionsOfList>('hotlist.versions', { list }),
      )) ?? versions;
    timer = undefined;
    changed();
  };
  void load();

  /** What is in use is a version, and sent, a moment after its import. */
  const lookAgainFor = ({ importedAt, state, enabled, removed }: ListStatus) => {
    const [newest] = versions ?? [];
    const isInUse = state === 'current' || state === 'old';
    const isTakenBack = newest !== undefined && (!enabled || removed !== null);
    const isThere =
      newest?.publishedAt !== null &&
      (isTakenBack ? newest?.withdrawn !== null : isOf(newest, importedAt));
    if (versions === null || !(isInUse || isTakenBack) || isThere) return;
    if (timer !== undefined || looks >= mostLooks) return;
    looks += 1;
    timer = setTimeout(() => void load(), lookEveryMs);
  };

  const rollBack = async (version: number) => {
    const done = await work.run(() =>
      perform<typeof operations.rollBackHotList>('hotlist.roll-back', { list, version, reason }),
    );
    if (done === undefined) return;
    chosen = null;
    reason = '';
    tell(`Version ${version} is in force again, as version ${done.version}.`, 'done');
    await load();
    onDone();
  };

  const form = (version: number): TemplateResult => {
    const submit = (event: Event) => {
      event.preventDefault();
      void rollBack(version);
    };
    return html`<form class="form" @submit=${submit}>
      <p class="whole">
        Version ${version} replaces what is in force, here and on every unit, as a new version.
      </p>
      ${textField({
        name: 'reason',
        label: 'Why',
        value: reason,
        onInput: (value) => {
          reason = value;
          changed();
        },
        longest: 500,
      })}
      <div class="whole step-keys">
        <button type="submit" class="key first" ?disabled=${reason.trim() === '' || work.isBusy}>
          Put version ${version} in force again
        </button>
        ${key({
          label: 'Leave it as it is',
          kind: 'quiet',
          onPress: () => {
            chosen = null;
            changed();
          },
        })}
      </div>
    </form>`;
  };

  return {
    load() {
      clearTimeout(timer);
      looks = 0;
      return load();
    },
    view(told) {
      lookAgainFor(told);
      const [newest] = versions ?? [];
      const mayChoose = may('hotlist.manage');
      return html`<section class="part">
        <h2>Versions for all units</h2>
        ${loading.line()} ${work.line()}
        ${versions === null ? html`<p>Loading…</p>` : versionTable(versions, standingOf)}
        ${
          versions === null || versions.length < 2 || !mayChoose || chosen !== null
            ? nothing
            : html`<div class="row-keys">
                ${versions
                  .filter(({ version, isKept }) => version !== newest?.version && isKept)
                  .slice(0, 3)
                  .map(({ version }) =>
                    key({
                      label: `Put version ${version} in force again`,
                      onPress: () => {
                        chosen = version;
                        changed();
                      },
                    }),
                  )}
              </div>`
        }
        ${chosen === null ? nothing : form(chosen)}
      </section>`;

      function standingOf({ version, publishedAt, withdrawn }: Version): string {
        const isNewest = version === newest?.version;
        if (publishedAt === null) return isNewest ? 'Waits for the link to the units' : 'Not sent';
        if (withdrawn !== null) {
          return withdrawn === 'off' ? 'Taken back: switched off' : 'Taken back: deleted';
        }
        return isNewest ? 'In force' : 'Replaced';
      }
    },
  };
}

/** One that was switched on again came into use after its import. */
const isOf = (version: Version | undefined, importedAt: string | null): boolean =>
  version?.withdrawn === null && importedAt !== null && version.inUseAt >= importedAt;

function versionTable(
  versions: readonly Version[],
  standingOf: (version: Version) => string,
): TemplateResult {
  return table<Version>({
    caption: 'Versions for all units',
    rows: versions,
    keyOf: ({ version }) => `${version}`,
    empty: 'None yet: the first import makes one, which goes to all units.',
    columns: [
      { title: 'Version', cell: ({ version }) => version, kind: 'number' },
      { title: 'Standing', cell: standingOf },
      { title: 'Entries', cell: ({ entries }) => entries.toLocaleString('en-US'), kind: 'number' },
      { title: 'Made', cell: ({ asOf }) => when(Date.parse(asOf)) },
      { title: 'In use', cell: ({ inUseAt }) => when(Date.parse(inUseAt)) },
      {
        title: 'Sent to units',
        cell: ({ publishedAt }) => (publishedAt === null ? null : when(Date.parse(publishedAt))),
      },
      { title: 'By', cell: ({ by }) => by },
      { title: 'Why', cell: ({ note }) => note },
    ],
  });
}
