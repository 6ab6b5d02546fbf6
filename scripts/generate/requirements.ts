import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requirementsMarkdown } from './requirements-table.ts';

// Writes test/requirements.md from test/requirements.yaml and the titles of the tests.
writeFileSync(join(import.meta.dirname, '../../test/requirements.md'), requirementsMarkdown());
