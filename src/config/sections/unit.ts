import { z } from 'zod';
import { isTimeZone } from '../../platform/time-zone.ts';

/** Who this unit is. The ids become MQTT topic levels, so they hold no wildcard or slash. */
const topicLevel = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use 1 to 63 of a-z, 0-9 and -, not starting with -');

/** What a computer of the agency is (CAP-4). */
const unitModes = ['mobile', 'fixed', 'headquarters'] as const;
export type UnitMode = (typeof unitModes)[number];

/** `unit`: identity, deployment mode (CAP-4) and where data lives. */
export const unitSection = z.strictObject({
  agency: topicLevel.default('example-pd').describe('Agency; a topic level of every message'),
  id: topicLevel.default('unit-1').describe('Id of this unit; unique in the agency'),
  mode: z
    .enum(unitModes)
    .default('mobile')
    .describe(
      'mobile: a GPS fix per read; fixed: surveyed position and bearing; headquarters: no cameras, it keeps what the units send',
    ),
  homeState: z
    .string()
    .regex(/^[A-Z]{2}$/, 'use a two-letter state code such as CA')
    .default('CA'),
  timeZone: z
    .string()
    .refine(isTimeZone, 'use a name of the IANA database such as America/Los_Angeles')
    .optional()
    .describe(
      "Zone in which days and times are meant and shown, such as America/Los_Angeles; if left out, the system's",
    ),
  dataDir: z
    .string()
    .min(1)
    .default('var')
    .describe('Folder of the databases and images; the daemon creates it'),
  administrator: z
    .strictObject({ title: z.string().min(1), name: z.string().min(1) })
    .default({ title: 'ALPR Administrator', name: 'not named' })
    .describe(
      'Who oversees the operation until somebody is entered on the page (Figures) or with "lookout official name" (AUD-11)',
    ),
});
