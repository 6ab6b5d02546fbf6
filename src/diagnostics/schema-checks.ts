import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { peopleMigrations } from '../accountability/access/tables.ts';
import { auditMigrations } from '../accountability/audit/tables.ts';
import { unitMigrations } from '../accountability/unit-database.ts';
import type { Config } from '../config/schema.ts';
import { headquartersMigrations } from '../headquarters/intake/tables.ts';
import { hotlistMigrations } from '../hotlist/tables.ts';
import type { Migration } from '../platform/database.ts';
import { stepsBetween } from '../platform/schema-steps.ts';
import { about, type Check, type Finding, presenceOf } from './check.ts';

const databases: Record<string, readonly Migration[]> = {
  'lookout.db': unitMigrations,
  'hotlist.db': hotlistMigrations,
  'people.db': peopleMigrations,
  'audit.db': auditMigrations,
};

/** Whether this release can use the databases, and whether the one that wrote them still can after it. */
export function schemaChecks(config: Config): Check[] {
  const own =
    config.unit.mode === 'headquarters' ? { 'headquarters.db': headquartersMigrations } : {};
  return Object.entries({ ...databases, ...own }).map(([name, migrations]) => async () => {
    const path = join(config.unit.dataDir, name);
    return (await presenceOf(path)) === 'there' ? schema(path, migrations) : [];
  });
}

/** Nothing where the database cannot be read: it has a finding of its own. */
function schema(path: string, migrations: readonly Migration[]): Finding[] {
  const found = about('update', `database ${path}`);
  let between: ReturnType<typeof stepsBetween>;
  try {
    using open = new DisposableStack();
    const db = open.adopt(new SQLite(path, { readonly: true }), (each) => void each.close());
    between = stepsBetween(db, migrations);
  } catch {
    return [];
  }
  if (between.strange.length > 0) {
    return [found.failure('a newer Lookout has written it', 'Install that version again.')];
  }
  if (between.closing.length === 0) return [];
  return [
    found.warning(
      'once this version has started, no older one can use it',
      'Copy the data folder away first: see INSTALL.md, "Back up a unit".',
    ),
  ];
}
