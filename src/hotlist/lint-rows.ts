import { counted } from '../platform/counted.ts';
import type { Database } from '../platform/database.ts';
import type { HotList } from './list-rules.ts';
import type { StagedFile } from './stage-file.ts';

interface FoundRow {
  row: number;
  /** All rows found. */
  total: number;
}

const shownRows = 5;

/**
 * Remarks on a staged file that do not stop an import, for the person who makes or sends the list. They name rows,
 * never plates. `thorough` adds checks that read every entry.
 */
export function* lintRows(
  db: Database,
  list: HotList,
  staged: StagedFile,
  thorough: boolean,
): Generator<string> {
  const codes = [...staged.unknownCodes].sort((a, b) => b[1] - a[1]);
  if (codes.length > 0) {
    const shown = codes
      .slice(0, 5)
      .map(([code, rows]) => `"${code.slice(0, 20)}" (${counted(rows, 'row')})`);
    yield `unknown category codes are taken as ${list.layout.defaultCategory}: ${shown.join(', ')}` +
      `${codes.length > shown.length ? ' and more' : ''}. Name them in layout.categories.`;
  }
  if (staged.duplicates > 0) {
    yield `${counted(staged.duplicates, 'row')} with the plate and entry id of a later row: the last one counts`;
  }
  for (const [category, rows] of Object.entries(staged.denied)) {
    yield `${counted(rows, 'row')} left out: the policy does not allow ${category} from a list (REL-4)`;
  }
  if (staged.textLeftOut > 0) {
    yield `${counted(staged.textLeftOut, 'row')} with a name, an address or CLETS text: that text was left out (HOT-9)`;
  }
  if (staged.textKept > 0) {
    yield `${counted(staged.textKept, 'row')} with what looks like a name, an address or CLETS text (HOT-9)`;
  }
  if (!thorough) return;
  const own = (condition: string) =>
    db
      .prepare<[], FoundRow>(`SELECT row, count(*) OVER () AS total FROM temp.ordered
        WHERE ${condition} ORDER BY row LIMIT ${shownRows + 1}`)
      .all();
  yield* remark(
    own("canonical <> '' AND length(plate) NOT BETWEEN 4 AND 8"),
    'plate of fewer than 4 or more than 8 characters',
  );
  yield* remark(own('state IS NULL'), 'no state of issue');
  yield* remark(
    own(
      `canonical IN (SELECT canonical FROM temp.ordered WHERE canonical <> ''
         GROUP BY canonical HAVING min(plate) <> max(plate))`,
    ),
    'different from another plate of this file only by look-alike characters (0 and O, 8 and B …)',
  );
  const others = db
    .prepare<[string], FoundRow>(
      `SELECT row, count(*) OVER () AS total FROM (
         SELECT DISTINCT row FROM temp.ordered o CROSS JOIN generation g CROSS JOIN entry e
           ON e.generation = g.id AND e.canonical = o.canonical AND e.plate <> o.plate
           WHERE g.state = 'active' AND g.list_id <> ? AND o.canonical <> '')
       ORDER BY row LIMIT ${shownRows + 1}`,
    )
    .all(list.id);
  yield* remark(others, 'different from a plate of another list only by look-alike characters');
}

function* remark(rows: FoundRow[], text: string): Generator<string> {
  const total = rows[0]?.total;
  if (total === undefined) return;
  const shown = rows.slice(0, shownRows).map(({ row }) => row);
  const which = `${total === 1 ? 'row' : 'rows'} ${shown.join(', ')}${rows.length > shown.length ? ' …' : ''}`;
  yield `${text}: ${total} ${total === 1 ? 'entry' : 'entries'} (${which})`;
}
