import { html, nothing, type TemplateResult } from 'lit-html';

/** A text of the unit in Markdown: headings, lists, tables and paragraphs. It is what its screen prints. */
export function markdown(text: string): TemplateResult {
  const blocks: TemplateResult[] = [];
  const lines = text.split('\n');
  const take = (isPart: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    while (lines[0] !== undefined && isPart(lines[0])) taken.push(lines.shift() ?? '');
    return taken;
  };
  while (lines[0] !== undefined) {
    const [line] = lines;
    if (line.startsWith('|')) blocks.push(tableOf(take((each) => each.startsWith('|'))));
    else if (line.startsWith('- ')) {
      const points = take((each) => each.startsWith('- '));
      blocks.push(html`<ul>${points.map((each) => html`<li>${inline(each.slice(2))}</li>`)}</ul>`);
    } else {
      lines.shift();
      if (line.trim() !== '') blocks.push(blockOf(line));
    }
  }
  return html`<article class="memo printed">${blocks}</article>`;
}

function blockOf(line: string): TemplateResult {
  if (line.startsWith('# ')) return html`<h2>${inline(line.slice(2))}</h2>`;
  if (/^##+ /.test(line)) {
    const head = line.replace(/^#+ /, '');
    return html`<h3 class=${head.startsWith('Appendix') ? 'appendix' : nothing}>${inline(head)}</h3>`;
  }
  return html`<p class=${line.includes('______') ? 'signature' : nothing}>${inline(line)}</p>`;
}

function tableOf(lines: readonly string[]): TemplateResult {
  const [heads = [], , ...rows] = lines.map((line) =>
    line
      .replace(/^\||\|\s*$/g, '')
      .split('|')
      .map((cell) => cell.trim()),
  );
  const label = `Table: ${heads.join(', ')}`;
  return html`<div class="table-frame" tabindex="0" role="region" aria-label=${label}>
    <table class="table">
      <thead>
        <tr>${heads.map((head) => html`<th scope="col">${inline(head)}</th>`)}</tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) => html`<tr>
            ${cells.map((cell, at) =>
              at === 0
                ? html`<th scope="row" class=${isLong(cell) ? 'anywhere' : nothing}>${inline(cell)}</th>`
                : html`<td data-title=${heads[at] ?? nothing} class=${isLong(cell) ? 'anywhere' : nothing}>${inline(cell)}</td>`,
            )}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A word that no column is wide enough for; no browser breaks an id at a hyphen before a digit. */
const isLong = (cell: string): boolean => /[^\s-]{20,}|\S{24,}/.test(cell);

/** Days, and numbers of cases and requests, stay in one line: "26-0040001". */
const numberOrDay = /(?<![\w-])(\d\w*-[\w-]{1,14})(?![\w-])/;

const whole = (text: string): TemplateResult => {
  const parts = text.split(numberOrDay);
  return html`${parts.map((part, at) => (at % 2 === 1 ? html`<span class="whole-word">${part}</span>` : part))}`;
};

/** Bold and code. */
const inline = (text: string): (TemplateResult | string)[] =>
  text.split(/(\*\*.+?\*\*|`[^`]+`)/).map((part) => {
    if (part.startsWith('**')) return html`<b>${plain(part.slice(2, -2))}</b>`;
    return part.startsWith('`')
      ? html`<code>${plain(part.slice(1, -1))}</code>`
      : whole(plain(part));
  });

/** Characters that the unit escaped so that they stay text. */
const plain = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
