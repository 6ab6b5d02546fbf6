import { html, nothing, type TemplateResult } from 'lit-html';
import type { HitView } from '../../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../../accountability/verification/operations.ts';
import { perform } from '../../api.ts';
import { confirmDeed } from '../../parts/confirm.ts';
import { key } from '../../parts/key.ts';
import { may, page, tell } from '../../state.ts';
import { capital, when } from '../../words.ts';
import type { HitWork } from './hit-work.ts';

type Written = HitView['texts'][number];

/**
 * What people wrote about the alert, with what should be looked at again, and a key that takes it out (V 426.4(f)(5)). The
 * unit decides who may: whoever wrote it, or who decides about the texts of hot plates.
 */
export function writtenTexts({
  id,
  purpose,
  take,
}: HitWork): (told: HitView) => TemplateResult | typeof nothing {
  const strike = async ({ what, title }: Written, count: number) => {
    const isMeant = await confirmDeed({
      title: `Take the ${title} out?`,
      words: `${count === 1 ? 'Its words are' : `The words of all ${count} are`} gone for good, here and on the disk. That something was written, by whom, and that you took it out stays on record. Headquarters is told to do the same.`,
      deed: 'Take it out',
    });
    if (!isMeant) return;
    const isDone = await take(() =>
      perform<typeof operations.strikeText>('hits.strike-text', { id, what }, purpose()),
    );
    if (isDone) tell(`The ${title} is taken out.`, 'done');
  };
  const mayStrikeAny = () => may('hotplates.delete-any') || may('hotplates.approve');
  const isOwn = ({ username }: Written) => username === page.session?.username;

  const line = (written: Written, all: readonly Written[]) => {
    const { what, title, text, at, by, doubts } = written;
    const ofSort = all.filter((each) => each.what === what);
    const mayStrike = mayStrikeAny() || ofSort.every(isOwn);
    return html`<li class="written">
      <p class="written-words">“${text}”</p>
      <p class="quiet-words">${capital(title)}, ${by}, ${when(Date.parse(at))}</p>
      ${
        doubts.length === 0
          ? nothing
          : html`<p class="doubt">Look again: it ${doubts.join('; it ')}. Names, addresses and CLETS data go in the report, not here.</p>`
      }
      ${
        mayStrike
          ? key({
              label: `Take the ${title} out`,
              kind: doubts.length > 0 ? 'danger' : 'quiet',
              isGuarded: true,
              onPress: () => void strike(written, ofSort.length),
            })
          : doubts.length === 0
            ? nothing
            : html`<p class="quiet-words">Whoever wrote it can take it out, or someone who approves hot plates.</p>`
      }
    </li>`;
  };

  return ({ texts }) =>
    texts.length === 0
      ? nothing
      : html`<section class="written-texts" aria-label="What was written about this alert">
          <h2>What was written</h2>
          <ul>
            ${texts.map((written) => line(written, texts))}
          </ul>
        </section>`;
}
