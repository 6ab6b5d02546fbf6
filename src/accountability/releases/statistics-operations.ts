import { z } from 'zod';
import type { FileAnswer } from '../gate/answer.ts';
import { type Operation, operation } from '../gate/operation.ts';
import type { createStatistics } from './statistics.ts';
import { statisticsCsv, statisticsMarkdown } from './statistics-text.ts';

/** Public figures, in the form asked for (REL-7). */
export function statisticsOperations(deps: {
  statistics: ReturnType<typeof createStatistics>;
}): Operation[] {
  return [
    operation({
      name: 'statistics.make',
      http: { method: 'GET', path: '/statistics' },
      permission: 'statistics.read',
      category: 'System',
      inquiry: false,
      effect: 'look',
      input: z.strictObject({
        months: z.coerce.number().int().min(1).max(120).default(12),
        as: z.enum(['json', 'csv', 'markdown']).default('json'),
      }),
      async run({ months, as }) {
        const made = await deps.statistics.make(months);
        if (as === 'json') return made;
        const isCsv = as === 'csv';
        const text = isCsv ? await statisticsCsv(made) : statisticsMarkdown(made);
        return {
          fileName: `statistics-${made.madeAt.slice(0, 10)}.${isCsv ? 'csv' : 'md'}`,
          contentType: `text/${as}; charset=utf-8`,
          bytes: Buffer.from(text),
        } satisfies FileAnswer;
      },
    }),
  ];
}
