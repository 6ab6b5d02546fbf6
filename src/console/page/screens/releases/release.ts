import { html, nothing, type TemplateResult } from 'lit-html';
import type { showPolicy } from '../../../../accountability/policy/operations.ts';
import type * as operations from '../../../../accountability/releases/operations.ts';
import type { ReleaseView } from '../../../../accountability/releases/release-request.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { dayWords, lastDayWords } from '../../days.ts';
import { packageForm } from '../../package-form.ts';
import { packageList } from '../../package-list.ts';
import { newAreaChoice } from '../../parts/area-choice.ts';
import { confirmDeed } from '../../parts/confirm.ts';
import { areaField, checkField, textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { newMap } from '../../parts/map/map-part.ts';
import { printKey } from '../../parts/printed.ts';
import { purposeLine } from '../../purpose.ts';
import type { Screen } from '../../screen.ts';
import { beginCovered } from '../../search-form.ts';
import { changed, may, page, tell } from '../../state.ts';
import { areaOf, newTypedArea } from '../../typed-area.ts';
import { capital, codeWords, when, whenOnPaper } from '../../words.ts';
import { newWork } from '../../work.ts';
import { standingWords } from './releases.ts';

/** Searches for what is covered, so that its reads are put aside and packed; most of them that have a key. */
const mostSearches = 12;

function searchKeys({ plates, spans, area }: NonNullable<ReleaseView['granted']>): TemplateResult {
  const sought: (string | null)[] = plates.length === 0 ? [null] : plates;
  const searches = sought.flatMap((covered) => spans.map((span) => ({ covered, span })));
  return html`<p class="quiet-words">
      Its reads are put aside at a search, and are in the field below then.
    </p>
    <div class="row-keys">
      ${searches.slice(0, mostSearches).map(({ covered, span }) => {
        // Of which state it is, or not read, the unit checks when it packs.
        const plate = covered?.replace(/^[^:]*:/, '') ?? null;
        const days = spans.length === 1 ? '' : `, from ${dayWords(Date.parse(span.from))}`;
        return key({
          label: `Search for ${plate ?? 'all reads of the area'}${days}`,
          onPress: () => {
            beginCovered(plate, span, area);
            go('search');
          },
        });
      })}
    </div>`;
}

/** One request: verified, decided, packed, withdrawn. */
export function release(number: string): Screen {
  let request: ReleaseView | null = null;
  let isThere = true;
  /** The section by which the Values Act is considered; null: none, undefined: not known here. */
  let valuesAct: string | null | undefined;
  /** Whether the agency is verified before an approval; undefined: not known here. */
  let mustBeVerified: boolean | undefined;
  let isConsidered = false;
  const typed = { how: '', why: '', plates: '', from: '', to: '', packages: '', until: '' };
  let place = newTypedArea('500');
  const placeChoice = newAreaChoice();
  const map = newMap();
  const look = async () => {
    const list = await perform<typeof operations.listReleases>('releases.list', {});
    request = list.find((each) => each.number === number) ?? null;
    isThere = request !== null;
    return true;
  };
  const work = newWork();
  const deciding = newWork(async () => void (await look()));

  const load = async () => {
    if ((await work.run(look)) === undefined) return;
    if (may('evidence.make') && request !== null && request.packages.length > 0)
      await packages.load();
    changed();
  };
  const begin = async () => {
    if (may('policy.read')) {
      await work.run(async () => {
        const { values } = await perform<typeof showPolicy>('policy.explain', {});
        const ruleOf = (path: string) => values.find((each) => each.path === path)?.value;
        valuesAct = ruleOf('releases.valuesAct') as string | null | undefined;
        mustBeVerified = ruleOf('releases.verified') as boolean | undefined;
      });
    }
    await load();
  };
  void begin();
  const packer = packageForm({ caseNumber: '', release: number, onMade: () => void load() });
  const packages = packageList((made) => made.release === number, { release: number });

  const done = async (next: ReleaseView | undefined, words: string) => {
    if (next === undefined) return;
    request = next;
    for (const name of Object.keys(typed) as (keyof typeof typed)[]) typed[name] = '';
    place = newTypedArea('500');
    tell(words, 'done');
  };
  const verify = async () => {
    const input = { id: number, how: typed.how };
    const next = await deciding.run(() =>
      perform<typeof operations.verifyRelease>('releases.verify', input),
    );
    await done(next, 'It is on file how the agency was verified.');
  };
  const approve = async () => {
    const { why, plates, from, to, packages, until } = typed;
    const area = areaOf(place);
    if (typeof area === 'string') {
      deciding.refusal = area;
      changed();
      return;
    }
    const narrow = {
      ...(plates.trim() === '' ? {} : { plates: plates.split(/[\s,;]+/).filter(Boolean) }),
      ...(area === undefined ? {} : { area }),
      ...(from === '' && to === '' ? {} : { spans: [{ from, to }] }),
      ...(packages === '' ? {} : { packages: Number(packages) }),
      ...(until === '' ? {} : { until }),
    };
    const input = { id: number, why, valuesActConsidered: isConsidered, narrow };
    const next = await deciding.run(() =>
      perform<typeof operations.approveRelease>('releases.approve', input),
    );
    await done(next, `Request ${number} is approved.`);
  };
  const refuse = async () => {
    const next = await deciding.run(() =>
      perform<typeof operations.refuseRelease>('releases.refuse', { id: number, why: typed.why }),
    );
    await done(next, `Request ${number} is refused and stays on file.`);
  };
  const withdraw = async () => {
    const until = request?.granted?.until;
    const isMeant = await confirmDeed({
      title: `Withdraw the approval of ${number}?`,
      words: `${until === undefined ? '' : `It would hold until ${lastDayWords(Date.parse(until))}. `}From now on nothing more is released under it, and what was packed can no longer be fetched.`,
      deed: 'Withdraw it',
    });
    if (!isMeant) return;
    const input = { id: number, why: typed.why };
    const next = await deciding.run(() =>
      perform<typeof operations.withdrawRelease>('releases.withdraw', input),
    );
    await done(next, `The approval of ${number} is withdrawn.`);
  };

  const words = (name: 'how' | 'why', label: string) =>
    areaField({
      ...{ name: `release-${name}`, label, value: typed[name], longest: 1000 },
      onInput: (value) => {
        typed[name] = value;
      },
    });
  const verifyPart = () => html`<section class="part">
    <h2>Verify the agency</h2>
    ${words('how', 'How it was verified')}
    <div class="row-keys">${key({ label: 'Verified', onPress: () => void verify() })}</div>
  </section>`;
  const narrowField = (
    name: 'plates' | 'from' | 'to' | 'packages' | 'until',
    label: string,
    type: 'text' | 'number' | 'date',
  ) =>
    textField({
      ...{ name: `narrow-${name}`, label, type, value: typed[name], hint: 'Empty: as asked' },
      onInput: (value) => {
        typed[name] = value;
        changed();
      },
    });
  /** The last day of what is approved: as it was typed, or as it was asked for. */
  const untilWords = (): string => {
    const end = typed.until === '' ? request?.asked?.until : typed.until;
    return end === undefined
      ? ''
      : ` until ${end.length > 10 ? lastDayWords(Date.parse(end)) : dayWords(end)}`;
  };
  /** What stands in the way of this person or this request, instead of a form that would be refused. */
  const ownRequest = () => html`<section class="part">
    <h2>Decide</h2>
    <p>You entered this request: somebody else must decide it.</p>
  </section>`;
  const decidePart = (mayApprove: boolean) => html`<section class="part">
    <h2>Decide</h2>
    <div class="form">
      <div class="whole">${words('why', 'Why')}</div>
      ${narrowField('plates', 'These plates only', 'text')}
      ${narrowField('from', 'Seen from this day or time only', 'text')}
      ${narrowField('to', 'Seen to this day or time only', 'text')}
      ${narrowField('packages', 'So many packages only', 'number')}
      ${narrowField('until', 'To the end of this day only', 'date')}
      <fieldset class="part whole">
        <legend>Within this area only; left empty: as asked</legend>
        ${placeChoice.view({ typed: place, suffix: '-narrow' })}
      </fieldset>
    </div>
    ${
      valuesAct === null
        ? nothing
        : checkField({
            name: 'values-act',
            label: `I considered the California Values Act (${valuesAct === undefined ? '' : `${valuesAct}; `}Government Code 7282.5, 7284.2)`,
            isOn: isConsidered,
            onChange: (isOn) => {
              isConsidered = isOn;
              changed();
            },
          })
    }
    <div class="row-keys">
      ${
        mayApprove
          ? key({ label: `Approve${untilWords()}`, kind: 'first', onPress: () => void approve() })
          : html`<p>It can be approved once it is on file how the agency was verified.</p>`
      }
      ${key({ label: 'Refuse', kind: 'danger', onPress: () => void refuse() })}
    </div>
  </section>`;
  const withdrawPart = () => html`<section class="part">
    <h2>Withdraw the approval</h2>
    ${words('why', 'Why')}
    <div class="row-keys">
      ${key({ label: 'Withdraw', kind: 'danger', onPress: () => void withdraw() })}
    </div>
  </section>`;
  const packPart = ({ packages: made, state, granted }: ReleaseView) => html`<section class="part">
    <h2>Package</h2>
    ${purposeLine()} ${made.length === 0 ? nothing : packages.view()}
    ${state === 'approved' && granted !== null && may('detections.search') ? searchKeys(granted) : nothing}
    ${state === 'approved' ? packer.view() : nothing}
  </section>`;

  const decision = ({ state, requested }: ReleaseView) => {
    if (!may('releases.approve') || (state !== 'requested' && state !== 'verified')) return nothing;
    if (requested.username === page.session?.username) return ownRequest();
    return decidePart(state === 'verified' || mustBeVerified !== true);
  };
  const coveredMap = ({ granted, asked }: ReleaseView) => {
    const { area = null } = granted ?? asked ?? {};
    if (area === null) return nothing;
    return map.view({
      title: 'Map of the request',
      label: 'The area of the request on a map',
      areas: [{ area }],
    });
  };

  return {
    comeBack: () => void load(),
    view() {
      const told = request;
      return html`<section class="screen wide">
        <div class="screen-head">
          <h1>Request ${number}</h1>
          <div class="row-keys">
            ${told?.decided ? printKey({ label: 'Print the answer', name: `answer-${number}` }) : nothing}
            ${key({ label: 'All requests', kind: 'quiet', onPress: () => go('releases') })}
          </div>
        </div>
        ${work.line()} ${isThere ? nothing : html`<p class="empty">No request has this number.</p>`}
        ${
          told === null
            ? nothing
            : html`${factsOf(told)} ${letterOf(told)} ${deciding.line()}
                ${told.state === 'requested' ? verifyPart() : nothing}
                ${coveredMap(told)} ${decision(told)}
                ${may('evidence.make') && (told.state === 'approved' || told.packages.length > 0) ? packPart(told) : nothing}
                ${may('releases.approve') && told.state === 'approved' ? withdrawPart() : nothing}`
        }
      </section>`;
    },
  };
}

function factsOf(told: ReleaseView): TemplateResult {
  const { agency, person, purpose, data, reference, kind, requested, verified } = told;
  const { decided, packages, warnings, covers, state } = told;
  const at = (done: { at: string; name: string }) => `${when(Date.parse(done.at))}, ${done.name}`;
  return html`<dl class="fact-list">
    <dt>Standing</dt>
    <dd><b>${standingWords(told)}</b></dd>
    <dt>${state === 'approved' ? 'Covers' : 'Asks for'}</dt>
    <dd>${covers}</dd>
    ${warnings.map(
      (each) =>
        html`<dt>Look at</dt>
          <dd class="doubt">${capital(each)}</dd>`,
    )}
    <dt>Agency</dt>
    <dd>${agency}, ${person} (${codeWords(kind)})</dd>
    <dt>Purpose</dt>
    <dd>${purpose}</dd>
    <dt>Data</dt>
    <dd>${data}</dd>
    <dt>Filed</dt>
    <dd>${reference === '' ? '–' : reference}</dd>
    <dt>Entered</dt>
    <dd>${at(requested)}</dd>
    <dt>Verified</dt>
    <dd>${verified === null ? 'Not yet' : `${at(verified)}: ${verified.how}`}</dd>
    <dt>Decided</dt>
    <dd>${decided === null ? 'Not yet' : `${at(decided)}: ${decided.why}`}</dd>
    <dt>Packages</dt>
    <dd>
      ${packages.length === 0 ? 'None' : packages.map((each) => `${when(Date.parse(each.at))}, ${each.by}`).join('; ')}
    </dd>
  </dl>`;
}

/**
 * The answer to the agency that asked, for paper; nothing before it is decided. Why it was decided so is the agency's own
 * note and is not in it.
 */
function letterOf(told: ReleaseView): TemplateResult | typeof nothing {
  const { number, agency, person, purpose, data, reference, requested, decided, covers } = told;
  if (decided === null) return nothing;
  const outcomes: Partial<Record<ReleaseView['shown'], string>> = {
    approved:
      'Your request is approved. What is released must be used for the purpose that you named, and for no other.',
    refused: 'Your request is refused.',
    withdrawn: 'The approval of your request is withdrawn. Nothing more is released under it.',
  };
  const facts: [string, string][] = [
    ['Purpose', purpose],
    ['Asked for', data],
    ['Your reference', reference === '' ? '–' : reference],
    [told.state === 'approved' ? 'Covers' : 'Asked to cover', covers],
    ['Decided', `${whenOnPaper(Date.parse(decided.at))}, ${decided.name}`],
  ];
  return html`<article class="sheet printed only-printed" aria-label="Answer to the agency">
    <h2>${page.session?.at.agency ?? ''}: licence-plate reader data</h2>
    <p>To: ${agency}, ${person}</p>
    <p>Answer to request ${number} of ${when(Date.parse(requested.at)).slice(0, 10)}</p>
    <p><b>${outcomes[told.shown] ?? standingWords(told)}</b></p>
    <dl class="fact-list">
      ${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
    </dl>
    <p class="signature">For ${page.session?.at.agency ?? 'the agency'}: ______________________ Date: ____________</p>
  </article>`;
}
