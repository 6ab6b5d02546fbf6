import { html, nothing, type TemplateResult } from 'lit-html';
import type { HitStanding, HitView } from '../../../accountability/verification/hit-view.ts';
import type * as operations from '../../../accountability/verification/operations.ts';
import { go } from '../address.ts';
import { perform, type StatedPurpose, wordsOf } from '../api.ts';
import { actOn } from '../guard.ts';
import { choice } from '../parts/choice.ts';
import { key } from '../parts/key.ts';
import { type NumberPad, numberPad } from '../parts/number-pad.ts';
import { picture, vehicleAround } from '../parts/picture.ts';
import { plate } from '../parts/plate.ts';
import { recentWords, rememberWord } from '../recent-words.ts';
import type { Screen } from '../screen.ts';
import { spoken } from '../spoken.ts';
import { changed, may, page, tell } from '../state.ts';
import { onRefusal } from '../stream.ts';
import { capital, standingNames, timeOfDay } from '../words.ts';

type Outcome = NonNullable<Parameters<typeof closeWith>[0]>;
type Answer = 'yes' | 'no' | 'unknown';
type Aspect = 'characters' | 'state' | 'vehicle';
type Result = 'confirmed' | 'not_wanted' | 'no_response';

const answers = [
  { value: 'yes', label: 'Yes' },
  { value: 'no', label: 'No' },
  { value: 'unknown', label: 'Cannot tell' },
] as const satisfies readonly { value: Answer; label: string }[];

const questions: Record<Aspect, string> = {
  characters: 'Is this the plate on the vehicle?',
  state: 'Is the state of issue the listed one?',
  vehicle: 'Does the vehicle fit its description?',
};

const outcomeNames = {
  arrest: 'Arrest',
  citation: 'Citation',
  recovered: 'Recovered',
  person_located: 'Person located',
  other_enforcement: 'Other action',
  no_action: 'No action',
  not_located: 'Not located',
  not_wanted: 'Not wanted',
  misread_characters: 'Misread plate',
  misread_state: 'Misread state',
  stale_entry: 'Old entry',
  bad_entry: 'Wrong entry',
  entry_removed: 'Entry removed',
} as const;

function closeWith(outcome: keyof typeof outcomeNames) {
  return outcome;
}

/** One step of the verification. */
interface Step {
  name: string;
  title: string;
  /** What was said at it; null if it is not done. */
  done: string | null;
  body: () => TemplateResult;
}

/** From the alert to its disposition: all steps in a line, and the one that comes next, or that was chosen, below. */
export function verify(id: string): Screen {
  let hit: HitView | null = null;
  let problem = '';
  let isBusy = false;
  /** The step that was opened again, or null: the first that is not done. */
  let unfolded: string | null = null;
  let source = recentWords('sources')[0] ?? '';
  let outcome: Outcome | null = null;
  let corrected = '';
  let words = '';
  const pad: NumberPad = { value: recentWords('numbers')[0] ?? '' };
  const purpose = purposeOf(id);

  /** Does one step at the unit; its answer is the hit as it is then. */
  const take = async (work: () => Promise<HitView>): Promise<boolean> => {
    if (isBusy) return false;
    isBusy = true;
    changed();
    try {
      hit = await work();
      problem = '';
      unfolded = null;
      return true;
    } catch (error) {
      onRefusal(error);
      problem = wordsOf(error);
      return false;
    } finally {
      isBusy = false;
      changed();
    }
  };
  const look = () => perform<typeof operations.openHit>('hits.open', { id }, purpose);
  void take(look);

  /** What the unit told of the hit when it was last looked at for that. */
  let followed = '';
  /** Dispatch and other screens deal with the same hit: what they did is looked up here. */
  const follow = async (shown: HitView): Promise<void> => {
    const live = page.alerts.get(shown.detectionId);
    if (isBusy || live?.withheld || (live !== undefined && live.hitId !== shown.id)) return;
    const news = progressOf(live?.standing ?? null);
    if (news === followed) return;
    const isFirst = followed === '';
    followed = news;
    if (news === progressOf(shown) || (isFirst && live === undefined)) return;
    try {
      const now = await look();
      if (!isBusy) hit = now;
      changed();
    } catch (error) {
      onRefusal(error);
    }
  };

  const see = (aspect: Aspect, answer: Answer) =>
    void take(() =>
      perform<typeof operations.confirmVisual>(
        'hits.confirm-visual',
        { id, [aspect]: answer },
        purpose,
      ),
    );
  const askDispatch = () =>
    void take(() =>
      perform<typeof operations.startConfirmation>('hits.start-confirmation', { id }, purpose),
    );
  const confirm = (channel: 'clets_mdc' | 'dispatch', result: Result) => {
    const named = channel === 'clets_mdc' ? 'MDC of this car' : source.trim();
    rememberWord('sources', channel === 'dispatch' ? named : '');
    const said = { id, channel, source: named, result } as const;
    void take(() => perform<typeof operations.confirmStatus>('hits.confirm-status', said, purpose));
  };
  const occupant = (answer: Answer, basis?: string) =>
    void take(() =>
      perform<typeof operations.checkOccupant>(
        'hits.check-occupant',
        { id, answer, ...(basis === undefined ? {} : { basis }) },
        purpose,
      ),
    );
  const enforce = (action: 'stop' | 'detention' | 'arrest' | 'citation' | 'tow') =>
    void take(() =>
      perform<typeof operations.recordEnforcement>('hits.enforce', { id, action }, purpose),
    );
  const exigent = () =>
    void take(() =>
      perform<typeof operations.declareExigent>('hits.exigent', { id, text: words }, purpose),
    );
  const close = async () => {
    if (outcome === null) return;
    const number = pad.value.trim();
    const said = {
      id,
      outcome,
      ...(number === '' ? {} : { cadNumber: number }),
      ...(outcome === 'misread_characters' && corrected !== ''
        ? { correctedPlate: corrected }
        : {}),
      ...(outcome === 'misread_state' && corrected !== '' ? { correctedState: corrected } : {}),
    };
    let prompt: string | null = null;
    const isClosed = await take(async () => {
      const done = await perform<typeof operations.disposeHit>('hits.dispose', said, purpose);
      prompt = done.prompt;
      return done.view;
    });
    if (!isClosed) return;
    rememberWord('numbers', number);
    tell(prompt ?? 'Closed.', 'done');
    go('drive');
  };

  const visualRow = (told: HitView, aspect: Aspect): Step => {
    const said = told.visual[aspect];
    const unasked = aspect === 'vehicle' ? told.vehicleUnasked : null;
    const done =
      said === null ? unasked && capital(unasked) : `${capital(said.answer)}, ${said.by}`;
    return {
      name: aspect,
      title: capital(aspect),
      done,
      body: () => html`${evidence(told, aspect)}
        ${choice({
          legend: questions[aspect],
          values: answers,
          chosen: (said?.answer as Answer | undefined) ?? null,
          onChoose: (answer) => see(aspect, answer),
          isGuarded: true,
        })}`,
    };
  };

  const statusRow = (told: HitView): Step => {
    const { status, asked, match } = told;
    const done =
      status === null
        ? null
        : `${capital(status.result.replaceAll('_', ' '))}, ${status.source}, ${timeOfDay(Date.parse(status.at))}`;
    const plateText = match.entry.plate;
    const radio = spoken(plateText);
    return {
      name: 'status',
      title: 'Status',
      done: done ?? (asked === null ? null : `Being asked, ${asked.by}`),
      body: () => html`<p class="radio">
          <span>${radio}${match.entry.state === null ? '' : `, ${match.entry.state}`}</span>
          ${key({ label: 'Copy plate', onPress: () => void copy(plateText), kind: 'quiet' })}
        </p>
        <label class="field"
          ><span>Dispatcher</span>
          <input
            .value=${source}
            maxlength="60"
            autocomplete="off"
            list="sources"
            @input=${(event: Event) => {
              source = (event.target as HTMLInputElement).value;
            }}
        /></label>
        <datalist id="sources">${recentWords('sources').map((each) => html`<option value=${each}></option>`)}</datalist>
        <div class="step-keys">
          ${key({ label: 'Asking dispatch', onPress: askDispatch, isGuarded: true })}
          ${key({ label: 'Dispatch: confirmed', onPress: () => confirm('dispatch', 'confirmed'), isGuarded: true })}
          ${key({ label: 'Dispatch: not wanted', onPress: () => confirm('dispatch', 'not_wanted'), isGuarded: true })}
          ${key({ label: 'No answer', onPress: () => confirm('dispatch', 'no_response'), isGuarded: true })}
          ${key({ label: 'My MDC: confirmed', onPress: () => confirm('clets_mdc', 'confirmed'), isGuarded: true })}
          ${key({ label: 'My MDC: not wanted', onPress: () => confirm('clets_mdc', 'not_wanted'), isGuarded: true })}
        </div>`,
    };
  };

  const occupantRow = (told: HitView): Step | null => {
    if (told.occupant === null) return null;
    const { answer, basis } = told.occupant;
    return {
      name: 'occupant',
      title: 'Person',
      done: answer === null ? null : `${capital(answer)}${basis === null ? '' : `: ${basis}`}`,
      body: () => html`${choice({
        legend: 'Is the wanted person in the vehicle?',
        values: answers,
        chosen: (answer as Answer | null) ?? null,
        onChoose: (each) => occupant(each, each === 'yes' || words.length < 10 ? undefined : words),
        isGuarded: true,
      })}
        ${wordsField('If not: other grounds for a stop, in a sentence')}`,
    };
  };

  const wordsField = (label: string) =>
    html`<label class="field"
      ><span>${label}</span>
      <textarea
        rows="2"
        maxlength="1000"
        .value=${words}
        @input=${(event: Event) => {
          words = (event.target as HTMLTextAreaElement).value;
        }}
      ></textarea>
    </label>`;

  const actRow = (told: HitView): Step => {
    const { act, actions, exigent: told_, pursuitText } = told;
    const done =
      actions.length === 0 ? null : actions.map(({ action }) => capital(action)).join(', ');
    return {
      name: 'act',
      title: 'Action',
      done: done,
      body: () => html`${
        act.allowed
          ? html`${act.warnings.map((text) => html`<p class="doubt">${capital(text)}.</p>`)}
                ${pursuitText === null ? nothing : html`<p class="pursuit">${pursuitText}</p>`}
                <div class="step-keys">
                  ${(['stop', 'detention', 'arrest', 'citation', 'tow'] as const).map((action) =>
                    key({
                      label: capital(action),
                      onPress: () => enforce(action),
                      isGuarded: true,
                    }),
                  )}
                </div>`
          : html`<p>No stop on this alert yet:</p>
                <ul class="missing">${act.missing.map((text) => html`<li>${capital(text)}</li>`)}</ul>`
      }
        ${
          told_ === null && !act.allowed
            ? html`${wordsField('Exigent: why you must act before the status is confirmed')}
                ${key({ label: 'Declare exigent', onPress: exigent, kind: 'danger', isGuarded: true })}`
            : nothing
        }`,
    };
  };

  const closeRow = (told: HitView): Step => {
    const fitting = fittingOutcomes(told);
    const isMisread = outcome === 'misread_characters' || outcome === 'misread_state';
    return {
      name: 'close',
      title: 'Close',
      done: told.disposition === null ? null : outcomeNames[told.disposition.outcome as Outcome],
      body: () => html`${
        outcome === null
          ? html`<div class="outcomes">
          ${fitting.map((each) =>
            key({
              label: outcomeNames[each],
              isPressed: outcome === each,
              isGuarded: true,
              onPress: () => {
                outcome = each;
                corrected = each === 'misread_characters' ? told.plate : '';
                changed();
              },
            }),
          )}
        </div>`
          : html`<div class="chosen">
                <p>${outcomeNames[outcome]}</p>
                ${key({
                  label: 'Another outcome',
                  kind: 'quiet',
                  onPress: () => {
                    outcome = null;
                    changed();
                  },
                })}
              </div>`
      }
        ${
          outcome === null
            ? nothing
            : html`${
                isMisread
                  ? html`<label class="field"
                        ><span>${outcome === 'misread_state' ? 'State as on the plate' : 'Plate as on the vehicle'}</span>
                        <input
                          class="plate-input"
                          .value=${corrected}
                          maxlength="20"
                          autocomplete="off"
                          spellcheck="false"
                          @input=${(event: Event) => {
                            corrected = (event.target as HTMLInputElement).value.toUpperCase();
                          }}
                      /></label>`
                  : nothing
              }
                ${numberPad(
                  pad,
                  'CAD or incident number',
                  recentWords('numbers'),
                  key({
                    label: `Close: ${outcomeNames[outcome]}`,
                    onPress: () => void close(),
                    kind: 'first',
                    isGuarded: true,
                  }),
                )}`
        }`,
    };
  };

  return {
    view() {
      if (hit === null) {
        return html`<section class="screen"><h1>Verify</h1>${problemLine(problem, 'Loading…')}</section>`;
      }
      actOn(`verify ${hit.id} ${hit.state} ${hit.steps.length}`);
      const told = hit;
      void follow(told);
      const steps = [
        ...(['characters', 'state', 'vehicle'] as const).map((aspect) => visualRow(told, aspect)),
        statusRow(told),
        occupantRow(told),
        may('alerts.enforce') ? actRow(told) : null,
        closeRow(told),
      ].filter((step) => step !== null);
      const open = steps.find(({ name }) => name === (unfolded ?? nextStep(told)));
      return html`<section class="screen verify">
        <header class="verify-head">
          <h1>${told.title}</h1>
          <p><b>${standingNames[told.state] ?? told.state}</b> · Hit ${told.shortId}</p>
          ${key({ label: 'Back', onPress: () => go('drive'), kind: 'quiet' })}
        </header>
        <div class="steps">
          ${steps.map(({ name, title, done }) => {
            const isOpen = name === open?.name;
            const show = () => {
              unfolded = name;
              changed();
            };
            return html`<button
              type="button"
              class="step-head ${done === null ? '' : 'done'}"
              aria-expanded=${String(isOpen)}
              @click=${show}
            >
              ${title}
            </button>`;
          })}
        </div>
        ${problemLine(problem, '')}
        ${
          open === undefined
            ? nothing
            : html`<div class="step-body">
                ${open.done === null ? nothing : html`<p class="good">${open.title}: ${open.done}</p>`}
                ${open.body()}
              </div>`
        }
        <p class="purpose">Recorded with the purpose “${'purpose' in purpose ? purpose.purpose : ''}”.</p>
      </section>`;
    },
  };
}

/** How far a hit is, so that two tellings of it can be compared. */
const progressOf = (
  told: Pick<HitView, 'state' | 'asked' | 'status' | 'entryEnd'> | HitStanding | null,
): string => JSON.stringify([told?.state, told?.asked?.at, told?.status?.at, told?.entryEnd?.at]);

const problemLine = (problem: string, otherwise: string) =>
  problem === ''
    ? otherwise === ''
      ? nothing
      : html`<p>${otherwise}</p>`
    : html`<p class="refusal" role="alert">${problem}</p>`;

/** The step that comes next. */
function nextStep({ visual, vehicleUnasked, status, occupant, act, actions }: HitView): string {
  for (const aspect of ['characters', 'state', 'vehicle'] as const) {
    if (aspect === 'vehicle' && vehicleUnasked !== null) continue;
    if (visual[aspect] === null) return aspect;
  }
  if (status === null || status.result === 'no_response') return 'status';
  if (occupant !== null && occupant.answer === null) return 'occupant';
  return act.allowed && actions.length === 0 && may('alerts.enforce') ? 'act' : 'close';
}

/** All outcomes, those that fit what was found first. */
function fittingOutcomes({ visual, status, state, actions, entryEnd }: HitView): Outcome[] {
  const all = (Object.keys(outcomeNames) as Outcome[]).filter(
    (outcome) => outcome !== 'entry_removed' || entryEnd !== null,
  );
  const first: Outcome[] = entryEnd === null ? [] : ['entry_removed'];
  if (visual.characters?.answer === 'no') first.push('misread_characters');
  if (visual.state?.answer === 'no') first.push('misread_state');
  if (status?.result === 'not_wanted') first.push('not_wanted', 'stale_entry');
  if (actions.length > 0 || state === 'validated') first.push('arrest', 'recovered', 'citation');
  if (first.length === 0) first.push('not_located', 'no_action');
  return [...new Set([...first, ...all])];
}

/** What the officer compares for one aspect. */
function evidence({ match, plate: read, ...hit }: HitView, aspect: Aspect): TemplateResult {
  const { entry } = match;
  const told = page.alerts.get(hit.detectionId);
  const live = told?.withheld === false ? told : undefined;
  const columns = Math.max(read.length, entry.plate.length);
  const differs = match.differences.map(({ position }) => position);
  if (aspect === 'vehicle') {
    const described = [entry.colour, entry.year, entry.make, entry.model].filter((word) => word);
    const shown = live?.images.overview ?? live?.images.ir ?? null;
    const around = live?.vehicleBox ? vehicleAround(live.vehicleBox) : null;
    return html`<div class="evidence">
      ${shown === null ? html`<p class="no-picture">No picture</p>` : picture(shown, 'The vehicle', 'vehicle', around)}
      <p class="described">Listed: <b>${described.join(' ') || 'not described'}</b></p>
    </div>`;
  }
  const crop = live?.images.plate ?? null;
  return html`<div class="evidence">
    ${crop === null ? html`<p class="no-picture">No picture</p>` : picture(crop, 'The plate', 'crop')}
    <div class="plates">
      ${plate('read', read, { differs }, columns)}
      <p class="label">Read</p>
      ${plate('listed', entry.plate, { differs }, columns)}
      <p class="label">Listed <b>${entry.state ?? 'no state'}</b></p>
    </div>
  </div>`;
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    tell(`Copied: ${text}`, 'done');
  } catch {
    tell('This browser does not let the page copy.', 'refused');
  }
}

/** Why an officer deals with an alert of their own unit: said once for the hit, with the number used last where one is asked. */
function purposeOf(id: string): StatedPurpose {
  const [purpose = 'investigation'] = page.session?.purposes ?? [];
  const [number] = recentWords('numbers');
  const reason = `Alert ${id.slice(-6)} of this unit, on its screen`;
  return { purpose, reason, ...(number === undefined ? {} : { incidentNumber: number }) };
}
