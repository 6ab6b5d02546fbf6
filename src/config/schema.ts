import { z } from 'zod';
import { alertsSection } from './sections/alerts.ts';
import { consoleSection } from './sections/console.ts';
import { headquartersSection } from './sections/headquarters.ts';
import { headsSection } from './sections/heads.ts';
import { hotlistSection } from './sections/hotlist.ts';
import { listsSection } from './sections/lists.ts';
import { logSection } from './sections/log.ts';
import { metricsSection } from './sections/metrics.ts';
import { policySection } from './sections/policy.ts';
import { positionSection } from './sections/position.ts';
import { readingSection } from './sections/reading.ts';
import { recordsSection } from './sections/records.ts';
import { suspensionSection } from './sections/suspension.ts';
import { trackingSection } from './sections/tracking.ts';
import { unitSection } from './sections/unit.ts';
import { uplinkSection } from './sections/uplink.ts';

/** The whole configuration; one section per file, in the order of the data. Unknown keys are refused. */
export const configSchema = z
  .strictObject({
    unit: unitSection.prefault({}),
    policy: policySection.prefault({}),
    suspension: suspensionSection.prefault({}),
    heads: headsSection.prefault({}),
    reading: readingSection.prefault({}),
    tracking: trackingSection.prefault({}),
    position: positionSection.prefault({}),
    hotlist: hotlistSection.prefault({}),
    lists: listsSection.prefault({}),
    alerts: alertsSection.prefault({}),
    records: recordsSection.prefault({}),
    uplink: uplinkSection.prefault({}),
    headquarters: headquartersSection.prefault({}),
    console: consoleSection.prefault({}),
    metrics: metricsSection.prefault({}),
    log: logSection.prefault({}),
  })
  .superRefine(({ unit, headquarters }, context) => {
    if (headquarters.archive.host === undefined || unit.mode === 'headquarters') return;
    const message = 'the archive is for headquarters; a unit keeps its detections in its own files';
    context.addIssue({ code: 'custom', path: ['headquarters', 'archive', 'host'], message });
  })
  .superRefine(({ unit, hotlist, lists }, context) => {
    const ids = hotlist.lists.map(({ id }) => id);
    for (const [at, { list }] of lists.schedules.entries()) {
      const message =
        unit.mode !== 'headquarters'
          ? 'schedules are for headquarters, which sends its lists to the units'
          : ids.includes(list)
            ? null
            : `is no list of hotlist.lists: ${ids.join(', ') || 'that is empty'}`;
      if (message !== null) {
        context.addIssue({ code: 'custom', path: ['lists', 'schedules', at, 'list'], message });
      }
    }
  });

/** A configuration with every default filled in. */
export type Config = z.infer<typeof configSchema>;
