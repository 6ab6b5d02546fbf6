import { html, type TemplateResult } from 'lit-html';
import type * as operations from '../../../accountability/policy/operations.ts';
import { permissionWords, roleWords } from '../account-words.ts';
import { type AnswerOf, perform } from '../api.ts';
import { textField } from '../parts/field.ts';
import { printKey } from '../parts/printed.ts';
import { table } from '../parts/table.ts';
import type { Screen } from '../screen.ts';
import { changed, page } from '../state.ts';
import { capital, unitNowMs, whenOnPaper } from '../words.ts';
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
      [titleOf(rule), rule.path, saysOf(rule), rule.from].some((text) =>
        text.toLowerCase().includes(word),
      ),
    );
    const parts = Map.groupBy(shown, ({ path }) => path.split('.')[0] ?? '');
    return html`<p class="quiet-words">Under each rule stands its name in the configuration, for whoever sets it.</p>
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
      <article class="sheet printed">
      <h2 class="only-printed">Policy in force for licence-plate readers</h2>
      <p><b>${title}</b> (profile ${profile})</p>
      <p class="only-printed">${page.session?.at.agency} / ${page.session?.at.unit}, as of ${whenOnPaper(unitNowMs())}</p>
      ${[...parts].map(([part, rules]) => {
        const name = partNames[part] ?? capital(part);
        return html`<h2>${name}</h2>
          ${table<Rule>({
            caption: name,
            columns: [
              {
                title: 'Rule',
                cell: (rule) =>
                  html`${titleOf(rule)} <small class="setting-name">${rule.path.split('.').map((part, at) => (at === 0 ? part : html`.<wbr />${part}`))}</small>`,
              },
              { title: 'What it says', cell: saysOf },
              { title: 'Where it stands', cell: ({ from }) => fromWords(from) },
            ],
            rows: rules,
            empty: '',
            keyOf: ({ path }) => path,
          })}`;
      })}
      </article>`;
  };

  return {
    view: () => html`<section class="screen wide policy">
      <div class="screen-head">
        <h1>Policy in force</h1>
        ${printKey({ name: 'policy-in-force' })}
      </div>
      ${work.line()}
      ${inForce === null ? html`<p>${work.refusal === '' ? 'Loading…' : ''}</p>` : body(inForce)}
    </section>`,
  };
}

/** What a rule is called: in the unit's words, or the name of a role. */
const titleOf = ({ title, path }: Rule): string =>
  title ?? roleWords(path.split('.').slice(1).join('.'));

/** Where a rule comes from; a value that no section gives says whose it is. */
const fromWords = (from: string): string =>
  from
    .replace(
      /^silent; as strict: /,
      'The policy is silent; taken from the strictest of all policies: ',
    )
    .replace(/^configuration\b/, 'The agency’s own value, from the configuration');

/** What a rule says: in the unit's words, or what a role may do. */
function saysOf({ says, value }: Rule): string {
  if (says !== null) return says;
  const rights = Array.isArray(value) ? value.map((each) => permissionWords(String(each))) : [];
  return rights.length === 0 ? 'May do nothing here.' : `May ${rights.join(', ')}.`;
}
