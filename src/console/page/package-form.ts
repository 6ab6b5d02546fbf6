import { html, nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../accountability/evidence/operations.ts';
import { go } from './address.ts';
import { type AnswerOf, Refused } from './api.ts';
import { onThisUnit } from './here-words.ts';
import { copiedId } from './parts/copied-id.ts';
import { areaField, textField } from './parts/field.ts';
import { sizeWords } from './parts/file-field.ts';
import { key } from './parts/key.ts';
import { saveFile } from './parts/save-file.ts';
import { lookFor, lookForFile } from './purpose.ts';
import { forgetPacked, packNot, readsToPack } from './reads-to-pack.ts';
import { changed, may, tell } from './state.ts';
import { whileHere } from './while-here.ts';
import { counted } from './words.ts';
import type { Work } from './work.ts';
import { newWork } from './work.ts';

type Made = AnswerOf<typeof operations.makeEvidence>;
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Makes a package of a case, or of detections by their ids, and says what is in it. */
export function packageForm(options: {
  caseNumber: string;
  /** Number of the request under which it goes out; null: for the agency's own use. */
  release: string | null;
  onMade: () => void;
}): { view(): TemplateResult } {
  const { release, onMade } = options;
  const isOfOneCase = options.caseNumber !== '';
  let { caseNumber } = options;
  let ids = '';
  let made: Made | null = null;
  /** What of the reads lies outside the request; null: nothing that the unit has said. */
  let outside: 'some' | 'all' | null = null;
  const work = newWork();

  const make = async (coveredOnly: boolean) => {
    const order = {
      detectionIds: [...new Set([...readsToPack().keys(), ...(ids.match(uuid) ?? [])])],
      caseNumber: caseNumber.trim() === '' ? null : caseNumber.trim(),
      release,
      coveredOnly,
    };
    outside = null;
    const answer = await work.run(() =>
      lookFor<typeof operations.makeEvidence>('evidence.make', order).catch((error: unknown) => {
        outside = outsideOf(error);
        throw error;
      }),
    );
    if (answer === undefined) return;
    made = answer;
    forgetPacked();
    ids = '';
    tell('The package is made.', 'done');
    onMade();
  };

  const submit = (event: Event) => {
    event.preventDefault();
    void make(false);
  };
  /** What to do about reads that the request does not cover. */
  const outsideKeys = () =>
    outside === null
      ? nothing
      : html`<div class="row-keys">
          ${outside === 'some' ? key({ label: 'Leave them out and make it', onPress: () => void make(true) }) : nothing}
          ${may('releases.request') ? key({ label: 'Enter another request', onPress: () => go('releases/new') }) : nothing}
        </div>`;

  return {
    view: () => html`<form class="form" @submit=${submit}>
        ${
          isOfOneCase
            ? nothing
            : textField({
                ...{ name: 'package-case', label: 'All of a case', value: caseNumber, longest: 64 },
                onInput: (value) => {
                  caseNumber = value;
                },
              })
        }
        <section class="whole" aria-labelledby="put-aside">
          <h3 id="put-aside">${isOfOneCase ? 'And the reads that were put aside' : 'The reads that were put aside'}</h3>
          ${asideList()}
        </section>
        <details class="whole">
          <summary>Other reads, by their ids</summary>
          ${areaField({
            name: 'package-ids',
            label: 'Ids of reads',
            hint: 'One a line, as a search prints them or the screen of a read copies them',
            value: ids,
            rows: 3,
            onInput: (value) => {
              ids = value;
            },
          })}
        </details>
        <div class="row-keys whole">
          <button type="submit" class="key first" ?disabled=${work.isBusy}>Make a package</button>
        </div>
      </form>
      ${work.line()} ${outsideKeys()} ${made === null ? nothing : madeView(made, work)}`,
  };
}

/** What a refusal says of the reads: that some or all of them lie outside the request. */
function outsideOf(error: unknown): 'some' | 'all' | null {
  if (!(error instanceof Refused)) return null;
  if (error.code === 'release-not-covered') return 'some';
  return error.code === 'release-covers-none' ? 'all' : null;
}

/** What waits for the package: each read by its plate and time. */
function asideList(): TemplateResult {
  const reads = [...readsToPack()];
  if (reads.length === 0) {
    return html`<p class="quiet-words">None: put them aside at a search, or on the screen of a read.</p>`;
  }
  return html`<ul class="put-aside">
    ${reads.map(
      ([id, words]) => html`<li>
        <span>${words}</span>
        ${key({
          label: html`Take out<span class="said"> ${words}</span>`,
          kind: 'quiet',
          onPress: () => {
            packNot(id);
            changed();
          },
        })}
      </li>`,
    )}
  </ul>`;
}

function madeView(made: Made, work: Work): TemplateResult {
  const { id, contents, volumes, bytes, keyFingerprint, leftOut, notCovered, release } = made;
  const gone = contents.absentDetections.length + contents.absentImages.length;
  const altered = contents.alteredImages.length;
  return html`<section class="part" aria-label="The package">
    <dl class="fact-list">
      <dt>In it</dt>
      <dd>
        ${counted(contents.detections, 'read')}, ${counted(contents.hits, 'hit')},
        ${counted(contents.images, 'picture')}, ${counted(contents.auditRecords, 'audit record')};
        ${counted(volumes, 'volume')}, ${sizeWords(bytes)}
      </dd>
      ${
        gone + leftOut === 0
          ? nothing
          : html`<dt>Not in it</dt>
              <dd class="doubt">${gone + leftOut} that are not ${onThisUnit()} any more</dd>`
      }
      ${
        altered === 0
          ? nothing
          : html`<dt>Damaged</dt>
              <dd class="doubt">
                ${counted(altered, 'picture')} not as stored when taken: in it as on the disk, and named as that
              </dd>`
      }
      ${
        notCovered === 0
          ? nothing
          : html`<dt>Left out</dt>
              <dd class="doubt">${counted(notCovered, 'read')} outside the request</dd>`
      }
      <dt>For</dt>
      <dd>
        ${
          release === null
            ? 'Use inside the agency only'
            : `${release.agency}, under request ${release.number}`
        }
      </dd>
      <dt>Its id, on each disc</dt>
      <dd>${copiedId(id, 'of the package')}</dd>
      <dt>Signed with</dt>
      <dd class="anywhere">${keyFingerprint}</dd>
    </dl>
    <p class="quiet-words">
      Unpack all parts into one folder. verify.mjs in it says whether anything is missing, changed or added; whoever gets
      it can run it too.
    </p>
    <div class="row-keys">
      ${key({ label: 'Download the package', kind: 'first', onPress: () => void downloadPackage(id, work) })}
    </div>
  </section>`;
}

/** Saves every part of a package; the unit keeps it for a day. */
export async function downloadPackage(id: string, work: Work): Promise<void> {
  await work.run(async () => {
    const isHere = whileHere();
    for (let from = 0, all = 1; from < all; ) {
      const part = await lookForFile<typeof operations.fetchEvidence>(
        'evidence.fetch',
        { id, from },
        isHere,
      );
      saveFile(part);
      [from, all] = filesTo(part.name);
    }
  });
  changed();
}

/** The last file of a part, and how many there are in the package, as the part's name says them. */
function filesTo(name: string): [last: number, all: number] {
  const [, last = '1', all = '1'] = /-to-(\d+)-of-(\d+)\.zip$/.exec(name) ?? [];
  return [Number(last), Number(all)];
}
