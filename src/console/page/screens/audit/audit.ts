import { html, nothing } from 'lit-html';
import { tabs } from '../../parts/tabs.ts';
import { rowKeys } from '../../row-keys.ts';
import type { Screen } from '../../screen.ts';
import { changed } from '../../state.ts';
import { auditChain } from './audit-chain.ts';
import { auditLog } from './audit-log.ts';
import type { AuditPart } from './audit-part.ts';
import { auditsDue } from './audits-due.ts';
import { memoranda } from './memoranda.ts';
import { unusualUse } from './unusual-use.ts';
import { wrongAlerts } from './wrong-alerts.ts';

const parts = {
  due: { label: 'What is due', make: auditsDue },
  samples: { label: 'Samples', make: memoranda },
  log: { label: 'Log', make: auditLog },
  use: { label: 'Unusual use', make: unusualUse },
  wrong: { label: 'Wrong alerts', make: wrongAlerts },
  chain: { label: 'State of the log', make: auditChain },
} as const satisfies Record<string, { label: string; make: () => AuditPart }>;
type Tab = keyof typeof parts;
const names = Object.keys(parts) as Tab[];

/** The work of an auditor, by what it is. `tab`: the one to begin with. */
export function audit(tab: string): Screen {
  const opened = new Map<Tab, AuditPart>();
  let chosen: Tab = names.find((each) => each === tab) ?? 'due';
  const show = (next: Tab) => {
    chosen = next;
    const part = opened.get(next) ?? parts[next].make();
    if (!opened.has(next)) {
      opened.set(next, part);
      part.show();
    }
    changed();
  };
  show(chosen);
  const stopKeys = rowKeys('field-log-plate');
  return {
    leave: stopKeys,
    view: () => html`<section class="screen wide">
      <h1>Audit</h1>
      ${tabs<Tab>({
        label: 'Parts of the audit',
        values: names.map((value) => ({ value, label: parts[value].label })),
        chosen,
        onChoose: show,
      })}
      ${opened.get(chosen)?.view() ?? nothing}
    </section>`,
  };
}
