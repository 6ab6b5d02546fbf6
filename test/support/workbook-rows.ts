import { buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';

/** A cell of a workbook as a spreadsheet takes it. */
interface WorkbookCell {
  value: string;
  type: 'text' | 'number' | 'formula';
}

/** The filled cells of the first sheet of an Office Open XML workbook, by row, from the file's own XML. */
export async function workbookRows(bytes: Uint8Array): Promise<WorkbookCell[][]> {
  const files = await filesOf(bytes);
  const shared = textsOf(files.get('xl/sharedStrings.xml') ?? '', 'si');
  const sheet = files.get('xl/worksheets/sheet1.xml') ?? '';
  return [...sheet.matchAll(/<row\b[^>]*>(.*?)<\/row>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<c\b([^>]*)>(.*?)<\/c>/gs)].map(([, attributes = '', cell = '']) => {
      const kind = /\bt="(\w+)"/.exec(attributes)?.[1] ?? 'n';
      const [value = ''] = textsOf(cell, kind === 'inlineStr' ? 'is' : 'v');
      if (cell.includes('<f')) return { value, type: 'formula' };
      if (kind === 's') return { value: shared[Number(value)] ?? '', type: 'text' };
      return { value, type: kind === 'n' ? 'number' : 'text' };
    }),
  );
}

async function filesOf(bytes: Uint8Array): Promise<Map<string, string>> {
  const zip = await fromBufferPromise(Buffer.from(bytes));
  const files = new Map<string, string>();
  for await (const entry of zip.eachEntry()) {
    files.set(entry.fileName, (await buffer(await zip.openReadStreamPromise(entry))).toString());
  }
  return files;
}

/** The texts of elements, without the elements inside. */
function textsOf(xml: string, element: string): string[] {
  const found = xml.matchAll(new RegExp(`<${element}\\b[^>]*>(.*?)</${element}>`, 'gs'));
  return [...found].map(([, inside = '']) =>
    inside
      .replace(/<[^>]*>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&amp;', '&'),
  );
}
