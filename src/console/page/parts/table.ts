import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';

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

/**
 * Rows below each other. The first column names the row; with `onOpen` it is a button that covers the whole row. On a
 * phone each row becomes a card, with the title of each column beside its cell.
 */
export function table<Row>(options: {
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
}): TemplateResult {
  const { caption, columns, rows, empty, keyOf, onOpen, chosen } = options;
  const keys = uniqueKeys(rows, keyOf);
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const [first, ...others] = columns;
  const nameOf = (row: Row) => {
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
