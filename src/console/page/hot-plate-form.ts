import { html, nothing, type TemplateResult } from 'lit-html';
import type { HotPlateContent, ShownHotPlate } from '../../accountability/hotplates/hot-plate.ts';
import type * as operations from '../../accountability/hotplates/operations.ts';
import type { HotCategory } from '../../config/hot-categories.ts';
import type { InputOf } from './api.ts';
import { dayWords } from './days.ts';
import { categoryNames } from './hot-plate-words.ts';
import { choice } from './parts/choice.ts';
import { areaField, selectField, textField } from './parts/field.ts';
import { type HeadingPoint, headingDial } from './parts/heading-dial.ts';
import { key } from './parts/key.ts';
import { platePad } from './parts/plate-pad.ts';
import type { HotPlateRules } from './policy-rules.ts';
import { recentWords } from './recent-words.ts';
import { changed, page } from './state.ts';
import { unitNowMs } from './words.ts';

type Draft = InputOf<typeof operations.enterHotPlate>;

const traits = ['colour', 'year', 'make', 'model', 'body'] as const;
type Trait = (typeof traits)[number];

/** What a person has typed into the form of a hot plate. */
export interface EntryForm {
  kind: 'plate' | 'description';
  plate: string;
  plateAgain: string;
  /** The plate is typed a second time now, and the first is hidden. */
  isSecond: boolean;
  state: string;
  category: HotCategory | '';
  reason: string;
  synopsis: string;
  caseNumber: string;
  /** Days to its end; 'none': no end; 'day': to the end of `expires`. */
  end: string;
  expires: string;
  traits: Record<Trait, string>;
  marks: string;
  /** Which way the vehicle went when it was last seen. */
  lastHeading: HeadingPoint | null;
  hasPad: boolean;
}

export function newEntryForm(): EntryForm {
  return {
    kind: 'plate',
    plate: '',
    plateAgain: '',
    isSecond: false,
    state: recentWords('issuers')[0] ?? '',
    category: '',
    reason: '',
    synopsis: '',
    caseNumber: '',
    end: '',
    expires: '',
    traits: { colour: '', year: '', make: '', model: '', body: '' },
    marks: '',
    lastHeading: null,
    hasPad: page.session?.at.mode === 'mobile' || matchMedia('(pointer: coarse)').matches,
  };
}

/** The form with what an entry says; its plate and end stay unless they are typed anew. */
export function formOf(content: HotPlateContent, told: ShownHotPlate['told']): EntryForm {
  const { vehicle } = content;
  return {
    ...newEntryForm(),
    kind: content.plate === null ? 'description' : 'plate',
    state: content.issuer ?? '',
    category: content.category,
    reason: content.reason ?? '',
    synopsis: told?.synopsis ?? '',
    caseNumber: content.caseNumber ?? '',
    end: 'kept',
    traits: Object.fromEntries(
      traits.map((trait) => [trait, vehicle[trait] ?? '']),
    ) as EntryForm['traits'],
    marks: vehicle.identifiers.join(', '),
    lastHeading: told?.lastHeading ?? null,
    hasPad: false,
  };
}

const filled = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim());

/** What was typed, as the unit takes it. */
export function draftOf(form: EntryForm, category: HotCategory): Draft {
  const { kind, end } = form;
  const named = traits.map((trait) => [trait, filled(form.traits[trait]) ?? null]);
  const identifiers = form.marks.split(',').flatMap((mark) => filled(mark) ?? []);
  const days = Number(end);
  return {
    category,
    ...(kind === 'plate' && {
      plate: filled(form.plate),
      plateAgain: filled(form.plateAgain),
    }),
    state: filled(form.state),
    reason: filled(form.reason),
    synopsis: filled(form.synopsis),
    caseNumber: filled(form.caseNumber),
    lastHeading: form.lastHeading,
    vehicle: { ...Object.fromEntries(named), identifiers },
    ...(end === 'day' ? { expires: filled(form.expires) } : days > 0 ? { days } : {}),
  };
}

/** Where the two plates first differ, from 1; null while they may still become the same. */
export function firstDifference({ plate, plateAgain }: EntryForm): number | null {
  const at = [...plateAgain].findIndex((char, index) => char !== plate[index]);
  return at < 0 ? null : at + 1;
}

const plateText = (typed: string): string => typed.toUpperCase().replaceAll(/[^A-Z0-9?*]/g, '');

/** The fields of a hot plate; those that the policy asks for are marked. `isChange`: a plate is typed only to change it. */
export function entryFields(
  form: EntryForm,
  rules: HotPlateRules,
  isChange = false,
): TemplateResult {
  const { requiredFields = [] } = rules;
  // Whoever saw a part of a plate alone may not know its state; the unit asks for none then.
  const isWholePlate = form.kind === 'plate' && !/[?*]/.test(form.plate);
  const asked = (name: (typeof requiredFields)[number], label: string) =>
    requiredFields.includes(name) ? label : `${label}, if there is one`;
  const set =
    <Name extends 'state' | 'reason' | 'synopsis' | 'caseNumber' | 'marks'>(name: Name) =>
    (value: string) => {
      form[name] = value;
    };
  return html`${form.kind === 'plate' ? plateFields(form, rules, isChange) : nothing}
    ${stateField(form, requiredFields.includes('state') && isWholePlate && !isChange)} ${categoryField(form, rules)}
    ${textField({
      name: 'caseNumber',
      label: asked('caseNumber', 'Case number'),
      value: form.caseNumber,
      onInput: set('caseNumber'),
      longest: 64,
      suggestions: recentWords('cases'),
      isRequired: requiredFields.includes('caseNumber'),
    })}
    ${textField({
      name: 'reason',
      label: asked('reason', 'Reason'),
      value: form.reason,
      onInput: set('reason'),
      longest: 200,
      suggestions: recentWords('reasons'),
      isRequired: requiredFields.includes('reason'),
      hint: 'No names, addresses or CLETS text',
    })}
    <div class="whole">
      ${areaField({
        name: 'synopsis',
        label: asked('synopsis', 'Synopsis: nature of the call'),
        value: form.synopsis,
        onInput: set('synopsis'),
        longest: 500,
        isRequired: requiredFields.includes('synopsis'),
      })}
    </div>
    <div class="whole">${endFields(form, rules, isChange)}</div>
    <details class="whole" ?open=${form.lastHeading !== null}>
      <summary>Where it went, if it was seen</summary>
      ${headingDial({
        legend: 'Direction of travel where it was last seen',
        chosen: form.lastHeading,
        onChoose: (heading) => {
          // A second touch takes it back.
          form.lastHeading = heading === form.lastHeading ? null : heading;
          changed();
        },
      })}
    </details>
    <details class="whole" ?open=${form.kind === 'description'}>
      <summary>The vehicle${form.kind === 'plate' ? ', as far as it is known' : ''}</summary>
      <div class="form">${vehicleFields(form)}</div>
    </details>`;
}

function plateFields(form: EntryForm, rules: HotPlateRules, isChange: boolean): TemplateResult {
  const { partial = true, doubleEntry = true, maxWildcards = 3 } = rules;
  const take = (typed: string) => {
    if (form.isSecond) form.plateAgain = plateText(typed);
    else form.plate = plateText(typed);
    changed();
  };
  const turn = (isSecond: boolean) => {
    form.isSecond = isSecond;
    form.plateAgain = '';
    if (!isSecond) form.plate = '';
    changed();
    queueMicrotask(() =>
      document.getElementById(isSecond ? 'field-plateAgain' : 'field-plate')?.focus(),
    );
  };
  const differsAt = form.isSecond ? firstDifference(form) : null;
  const isSame = form.isSecond && form.plateAgain === form.plate;
  const partHint = partial
    ? `? stands for one character, * for any; ${maxWildcards} at most`
    : undefined;
  return html`<div class="whole plate-entry">
    ${
      form.isSecond
        ? html`<p class="plate-hidden">
              <span>Plate typed: <b aria-label="hidden">${'•'.repeat(form.plate.length)}</b></span>
              ${key({ label: 'Type it anew', kind: 'quiet', onPress: () => turn(false) })}
            </p>
            ${textField({
              name: 'plateAgain',
              label: 'The plate a second time',
              kind: 'plate',
              value: form.plateAgain,
              onInput: take,
              longest: 20,
              ...(differsAt !== null
                ? { fault: `The two differ at character ${differsAt}` }
                : { hint: isSame ? 'Both are the same.' : 'Read it anew; do not copy it' }),
            })}`
        : html`${textField({
            name: 'plate',
            label: isChange ? 'Another plate, if it changes' : 'Plate',
            kind: 'plate',
            value: form.plate,
            onInput: take,
            longest: 20,
            hint: partHint,
          })}
          ${
            doubleEntry && form.plate !== ''
              ? key({ label: 'Next: type it again', onPress: () => turn(true), name: 'again' })
              : nothing
          }`
    }
    ${
      isSame
        ? nothing
        : form.hasPad
          ? platePad({
              value: form.isSecond ? form.plateAgain : form.plate,
              onChange: take,
              wildcards: partial,
            })
          : html`<div class="row-keys pad-offer">
              ${key({
                label: 'Keys on the screen',
                kind: 'quiet',
                onPress: () => {
                  form.hasPad = true;
                  changed();
                },
              })}
            </div>`
    }
  </div>`;
}

function stateField(form: EntryForm, isRequired: boolean): TemplateResult {
  const recent = recentWords('issuers');
  const near = [...recent, ...['CA', 'NV', 'OR', 'AZ'].filter((code) => !recent.includes(code))];
  return html`<div class="issuer">
    ${textField({
      name: 'state',
      label: isRequired ? 'State of issue' : 'State of issue, if it is known',
      value: form.state,
      onInput: (value) => {
        form.state = value;
        changed();
      },
      longest: 24,
      isRequired,
    })}
    <div class="row-keys">
      ${near.slice(0, 4).map((code) =>
        key({
          label: code,
          isPressed: form.state.trim().toUpperCase() === code,
          onPress: () => {
            form.state = code;
            changed();
          },
        }),
      )}
    </div>
  </div>`;
}

function categoryField(form: EntryForm, { deniedCategories = [] }: HotPlateRules): TemplateResult {
  const values = (Object.keys(categoryNames) as HotCategory[])
    .filter((category) => !deniedCategories.includes(category))
    .map((value) => ({ value, label: categoryNames[value] }));
  return selectField<HotCategory | ''>({
    name: 'category',
    label: 'Category',
    values: [{ value: '', label: 'Choose' }, ...values],
    chosen: form.category,
    onChoose: (category) => {
      form.category = category;
      changed();
    },
    isRequired: true,
  });
}

/** The day so many days of 24 hours from now. */
const dayAfter = (days: number): string => dayWords(unitNowMs() + days * 86_400_000);

function endFields(form: EntryForm, rules: HotPlateRules, isChange: boolean): TemplateResult {
  const { maxDays = null, requiredFields = [], remindAfterDays } = rules;
  const mayHaveNone = maxDays === null && !requiredFields.includes('expires');
  const spans = [1, 7, 14, 30, 90].filter((days) => maxDays === null || days <= maxDays);
  const values = [
    ...(isChange ? [{ value: 'kept', label: 'As it is' }] : []),
    ...spans.map((days) => ({
      value: String(days),
      label: `${days === 1 ? '1 day' : `${days} days`}, until ${dayAfter(days)}`,
    })),
    { value: 'day', label: 'Until a day' },
    ...(mayHaveNone && !isChange ? [{ value: 'none', label: 'No end' }] : []),
  ];
  if (form.end === '') form.end = mayHaveNone ? 'none' : String(spans.at(-1) ?? 'day');
  return html`${choice({
    legend: maxDays === null ? 'It ends after' : `It ends after, ${maxDays} days at most`,
    values,
    chosen: form.end,
    onChoose: (end) => {
      form.end = end;
      changed();
    },
  })}
  ${
    form.end === 'day'
      ? textField({
          name: 'expires',
          label: 'Its last day',
          type: 'date',
          value: form.expires,
          onInput: (value) => {
            form.expires = value;
          },
        })
      : nothing
  }
  ${
    form.end === 'none' && remindAfterDays !== undefined
      ? html`<p class="quiet-words">You are reminded on ${dayAfter(remindAfterDays)} whether it is still needed.</p>`
      : nothing
  }`;
}

function vehicleFields(form: EntryForm): TemplateResult {
  return html`${traits.map((trait) =>
    textField({
      name: trait,
      label: trait.charAt(0).toUpperCase() + trait.slice(1),
      value: form.traits[trait],
      onInput: (value) => {
        form.traits[trait] = value;
      },
      longest: trait === 'year' ? 9 : 40,
    }),
  )}
  ${textField({
    name: 'marks',
    label: 'Marks that distinguish it',
    value: form.marks,
    onInput: (value) => {
      form.marks = value;
    },
    longest: 400,
    hint: 'With commas between them: ladder on roof, dent in left door',
  })}`;
}
