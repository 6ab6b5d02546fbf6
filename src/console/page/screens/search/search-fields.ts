import { html, nothing, type TemplateResult } from 'lit-html';
import { areaFields } from '../../parts/area-fields.ts';
import { choice } from '../../parts/choice.ts';
import { checkField, selectField, textField } from '../../parts/field.ts';
import { key } from '../../parts/key.ts';
import { explainPlate } from '../../plate-search-words.ts';
import {
  lastSearch,
  newSearchForm,
  type Period,
  periods,
  type SearchForm,
} from '../../search-form.ts';
import { changed, isHeadquarters, page } from '../../state.ts';
import type { Work } from '../../work.ts';

/** What a search asks for, as fields. */
export function searchFields(options: {
  form: SearchForm;
  work: Work;
  isPlaceOpen: boolean;
  onSearch: () => void;
}): TemplateResult {
  const { form, work, isPlaceOpen, onSearch } = options;
  const submit = (event: Event) => {
    event.preventDefault();
    if (explainPlate(form.plate, form.isAlike)?.isFault !== true) onSearch();
  };
  const take =
    <Name extends keyof SearchForm>(name: Name) =>
    (value: SearchForm[Name]) => {
      form[name] = value;
      changed();
    };
  const clear = () => {
    lastSearch.form = newSearchForm();
    lastSearch.found = null;
    lastSearch.narrow = null;
    changed();
  };
  return html`<form class="search-form" @submit=${submit}>
    <div class="filters">
      ${plateField(form, take('plate'))}
      ${textField({ name: 'state', label: 'State', value: form.state, onInput: take('state'), longest: 2, hint: 'Like CA' })}
      ${isHeadquarters() ? unitField(form.unit, take('unit')) : cameraField(form.head, take('head'))}
    </div>
    ${choice<Period>({ legend: 'When', values: periods, chosen: form.period, onChoose: take('period') })}
    ${form.period === 'own' ? spanFields(form, take) : nothing}
    <div class="checks-row">
      ${checkField({ name: 'alike', label: 'Look-alikes too (0 and O, 8 and B)', isOn: form.isAlike, onChange: take('isAlike') })}
      ${checkField({ name: 'possible', label: 'Reads that may be this plate too', isOn: form.isPossibleToo, onChange: take('isPossibleToo') })}
      ${checkField({ name: 'hits', label: 'Only hits', isOn: form.isHitsOnly, onChange: take('isHitsOnly') })}
      ${checkField({ name: 'unread', label: 'Only plates that could not be read', isOn: form.isUnreadOnly, onChange: take('isUnreadOnly') })}
    </div>
    <details ?open=${isPlaceOpen}>
      <summary>Place and vehicle</summary>
      ${areaFields({ typed: form })}
      <div class="filters">
        ${textField({ name: 'make', label: 'Make', value: form.make, onInput: take('make'), longest: 40 })}
        ${textField({ name: 'model', label: 'Model', value: form.model, onInput: take('model'), longest: 40 })}
        ${textField({ name: 'colour', label: 'Colour', value: form.colour, onInput: take('colour'), longest: 40 })}
        ${textField({ name: 'body', label: 'Kind of vehicle', value: form.body, onInput: take('body'), longest: 40 })}
      </div>
    </details>
    <div class="row-keys">
      <button type="submit" class="key first" ?disabled=${work.isBusy}>${work.isBusy ? 'Searching…' : 'Search'}</button>
      ${key({ label: 'Clear', kind: 'quiet', onPress: clear })}
    </div>
  </form>`;
}

function plateField({ plate, isAlike }: SearchForm, onInput: (value: string) => void) {
  const told = explainPlate(plate, isAlike);
  return textField({
    name: 'plate',
    label: 'Plate or part of it',
    kind: 'plate',
    value: plate,
    onInput: (value) => onInput(value.toUpperCase()),
    longest: 24,
    hint: told?.words ?? '? stands for one character, * for any number: 8LV*',
    ...(told?.isWide === true ? { fault: told.words } : {}),
  });
}

function unitField(chosen: string, onChoose: (value: string) => void) {
  const ids = new Set([...(page.status.units ?? []).map(({ unit }) => unit), chosen]);
  const named = [...ids].filter((id) => id !== '').map((id) => ({ value: id, label: id }));
  const values = [{ value: '', label: 'All' }, ...named];
  return selectField({ name: 'unit', label: 'Unit', values, chosen, onChoose });
}

function cameraField(chosen: string, onChoose: (value: string) => void) {
  const heads = page.status.heads?.flatMap(({ id }) => (id == null ? [] : [id])) ?? [];
  return selectField({
    name: 'head',
    label: 'Camera',
    values: [
      { value: '', label: 'All' },
      ...[...new Set([...heads, chosen])]
        .filter((id) => id !== '')
        .map((id) => ({ value: id, label: id })),
    ],
    chosen,
    onChoose,
  });
}

function spanFields(
  form: SearchForm,
  take: (name: 'from' | 'to') => (value: string) => void,
): TemplateResult {
  const hint = 'A day, or a time: 2026-11-28 14:03, yesterday 14:03, 3 days ago';
  return html`<div class="filters">
    ${textField({ name: 'from', label: 'From', value: form.from, onInput: take('from'), hint })}
    ${textField({ name: 'to', label: 'To', value: form.to, onInput: take('to'), hint: 'A day: to its end. Empty: until now' })}
  </div>`;
}
