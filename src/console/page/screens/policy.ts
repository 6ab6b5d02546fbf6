import { html, type TemplateResult } from 'lit-html';
import type * as operations from '../../../accountability/policy/operations.ts';
import { permissionWords, roleWords } from '../account-words.ts';
import { type AnswerOf, perform } from '../api.ts';
import { textField } from '../parts/field.ts';
import { table } from '../parts/table.ts';
import type { Screen } from '../screen.ts';
import { changed } from '../state.ts';
import { capital, codeWords } from '../words.ts';
import { newWork } from '../work.ts';

type InForce = AnswerOf<typeof operations.showPolicy>;
type Rule = InForce['values'][number];

const partNames: Record<string, string> = {
  retention: 'How long records are kept',
  inquiry: 'What a look must state',
  capture: 'Where plates are read',
  verification: 'Verification of alerts',
  hotplates: 'Hot plates',
  hotlist: 'Hot lists',
  accounts: 'Accounts and logins',
  audit: 'Audit',
  releases: 'Requests of other agencies',
  immigration: 'Immigration enforcement',
  roles: 'What each role may do',
};

/** The policy in force: each rule with its value and where it stands in the policy. */
export function policy(): Screen {
  let inForce: InForce | null = null;
  let sought = '';
  const work = newWork();
  const load = async () => {
    inForce =
      (await work.run(() => perform<typeof operations.showPolicy>('policy.explain', {}))) ?? null;
    changed();
  };
  void load();

  const body = ({ title, profile, values }: InForce): TemplateResult => {
    const word = sought.trim().toLowerCase();
    const shown = values.filter((rule) =>
      [ruleWords(rule), rule.path, valueWords(rule), rule.from].some((text) =>
        text.toLowerCase().includes(word),
      ),
    );
    const parts = Map.groupBy(shown, ({ path }) => path.split('.')[0] ?? '');
    return html`<p><b>${title}</b> (profile ${profile})</p>
      <div class="filters">
        ${textField({
          name: 'sought',
          label: 'Word, or section of the policy',
          type: 'search',
          value: sought,
          onInput: (value) => {
            sought = value;
            changed();
          },
        })}
      </div>
      ${parts.size === 0 ? html`<p class="empty">No rule has “${sought.trim()}”.</p>` : ''}
      ${[...parts].map(([part, rules]) => {
        const name = partNames[part] ?? capital(part);
        return html`<h2>${name}</h2>
          ${table<Rule>({
            caption: name,
            columns: [
              { title: 'Rule', cell: ruleWords },
              { title: 'In force', cell: valueWords },
              { title: 'Where it stands', cell: ({ from }) => from },
            ],
            rows: rules,
            empty: '',
            keyOf: ({ path }) => path,
          })}`;
      })}`;
  };

  return {
    view: () => html`<section class="screen wide policy">
      <h1>Policy in force</h1>
      ${work.line()}
      ${inForce === null ? html`<p>${work.refusal === '' ? 'Loading…' : ''}</p>` : body(inForce)}
    </section>`,
  };
}

/** "Reads: max days", from `retention.reads.maxDays`; a role by its name. */
function ruleWords({ path }: Rule): string {
  const [part, ...rest] = path.split('.');
  if (part === 'roles') return roleWords(rest.join('.'));
  const words = rest.map((each) =>
    each.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll('_', ' '),
  );
  return capital(words.join(': '));
}

function valueWords({ path, value }: Rule): string {
  const [part] = path.split('.');
  const item = (one: unknown) => {
    const text = String(one);
    if (part === 'roles') return permissionWords(text);
    return /roles|approve|tell/i.test(path) ? roleWords(text) : codeWords(text);
  };
  if (value === true) return 'Yes';
  if (value === false) return 'No';
  if (value === null) return 'None';
  if (Array.isArray(value)) return capital(value.map(item).join(', ')) || 'None';
  if (typeof value === 'object') {
    const pairs = Object.entries(value as Record<string, unknown>);
    return pairs.map(([name, each]) => `${name}: ${JSON.stringify(each)}`).join('; ') || 'None';
  }
  return typeof value === 'string' && /^[a-z_]+$/.test(value) ? item(value) : String(value);
}
