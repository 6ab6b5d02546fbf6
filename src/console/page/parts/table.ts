import { html, nothing, type TemplateResult } from 'lit-html';
import { Directive, directive } from 'lit-html/directive.js';
import { repeat } from 'lit-html/directives/repeat.js';
import { changed } from '../state.ts';
import { key } from './key.ts';

type Cell = string | number | TemplateResult | typeof nothing | null;

/** A column: what stands above it, and what each row has in it. */
export interface Column<Row> {
  title: string;
  cell: (row: Row) => Cell;
  /**
   * `number`: to the right, digits below each other; `plate`: large, spaced characters; `code`: never broken; `text`: what
   * people wrote, which keeps room for some words beside many columns, whatever the longest word of another is.
   */
  kind?: 'number' | 'plate' | 'code' | 'text';
}

interface TableOptions<Row> {
  /** Read out before the table, and not shown. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** What is shown in place of a table without rows. */
  empty: string | TemplateResult;
  keyOf: (row: Row) => string;
  onOpen?: (row: Row) => void;
  /** Where the key of a row chooses it, the chosen one; null: none is. */
  chosen?: string | null;
}

/** So many rows are drawn at first, and with each press more: the page is drawn anew each second. */
const rowsAtOnce = 200;

/**
 * Rows below each other. The first column names the row; with `onOpen` it is a button that covers the whole row. On a
 * phone each row becomes a card, with the title of each column beside its cell. Of many rows the first are shown, and the
 * others on demand.
 */
export const table = <Row>(options: TableOptions<Row>): TemplateResult =>
  html`${rowsInParts(options as TableOptions<unknown>)}`;

/** A table in its place on the page, which knows how many of its rows somebody wants to see. */
class RowsInParts extends Directive {
  private most = rowsAtOnce;
  private before: { length: number; first: string } = { length: 0, first: '' };

  render(options: TableOptions<unknown>): TemplateResult {
    const { rows, keyOf, chosen = null } = options;
    const [firstRow] = rows;
    if (firstRow === undefined) return html`<p class="empty">${options.empty}</p>`;
    const first = keyOf(firstRow);
    const { length } = this.before;
    const isGrown = first === this.before.first && rows.length - length <= rowsAtOnce;
    // What a screen fetched at a press, behind all that was shown, is what its person waits for.
    if (isGrown && this.most >= length) this.most = Math.max(this.most, rows.length);
    this.before = { length: rows.length, first };
    if (chosen !== null) {
      const at = rows.findIndex((row) => keyOf(row) === chosen);
      this.most = Math.max(this.most, at + 1);
    }
    const shown = rows.slice(0, this.most);
    const left = rows.length - shown.length;
    const more = (count: number, label: string) =>
      key({
        label,
        kind: 'quiet',
        onPress: () => {
          this.most = shown.length + count;
          changed();
        },
      });
    const next = Math.min(left, rowsAtOnce);
    const words = `The first ${shown.length.toLocaleString('en-US')} of ${rows.length.toLocaleString('en-US')}`;
    return html`${drawTable({ ...options, rows: shown })}
      ${
        left === 0
          ? nothing
          : html`<div class="row-keys">
              <span class="quiet-words">${words}</span> ${more(next, `Show ${next} more`)}
              ${left > next ? more(left, 'Show all') : nothing}
            </div>`
      }`;
  }
}

const rowsInParts = directive(RowsInParts);

function drawTable({
  caption,
  columns,
  rows,
  keyOf,
  onOpen,
  chosen,
}: TableOptions<unknown>): TemplateResult {
  const keys = uniqueKeys(rows, keyOf);
  const [first, ...others] = columns;
  const nameOf = (row: unknown) => {
    const name = first?.cell(row) ?? nothing;
    if (onOpen === undefined) return name;
    const pressed = chosen === undefined ? nothing : `${keyOf(row) === chosen}`;
    return html`<button type="button" class="row-key" aria-pressed=${pressed} @click=${() => onOpen(row)}>${name}</button>`;
  };
  return html`<div class="table-frame" tabindex="0" role="region" aria-label=${caption}>
    <table class="table ${onOpen === undefined ? '' : 'opens'}">
      <caption class="said">${caption}</caption>
      <thead>
        <tr>
          ${columns.map(({ title, kind }) => html`<th scope="col" class=${classOf(kind)}>${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${repeat(
          rows,
          (_, at) => keys[at],
          (
            row,
          ) => html`<tr class=${chosen !== undefined && keyOf(row) === chosen ? 'is-chosen' : nothing}>
            <th scope="row" class=${classOf(first?.kind)}>${nameOf(row)}</th>
            ${others.map(
              ({ title, kind, cell }) =>
                html`<td data-title=${title} class=${classOf(kind)}>${cell(row) ?? '–'}</td>`,
            )}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** The keys of the rows; one that a row before has gets a mark, as two of the same would mix the rows up. */
function uniqueKeys<Row>(rows: readonly Row[], keyOf: (row: Row) => string): string[] {
  const used = new Map<string, number>();
  return rows.map((row) => {
    const key = keyOf(row);
    const before = used.get(key) ?? 0;
    used.set(key, before + 1);
    return before === 0 ? key : `${key} ${before}`;
  });
}

const classOf = (kind: Column<unknown>['kind']) =>
  kind === 'plate' ? 'plate-words' : (kind ?? nothing);
