import { z } from 'zod';
import { isoTime } from '../../platform/clock.ts';
import { file, record } from '../gate/answer.ts';
import { look } from '../gate/definition.ts';
import {
  companySchema,
  detectionQuerySchema,
  exportSchema,
  pathSchema,
  searchSchema,
  stakeoutSchema,
} from './query.ts';
import type {
  Company,
  DetectionPage,
  ImageBatch,
  OfSpan,
  OpenedDetection,
  Overview,
  PlatesInTwoPlaces,
  StakeoutResult,
  VehiclePath,
} from './results.ts';

// Looks at past detections (SRC-1 to SRC-3). Searches are POST, so that no plate appears in an address. Each one states
// its purpose, and each opened record and image is recorded as a look of its own (AUD-3).

const byId = z.strictObject({ id: z.uuid() });

export const searchDetections = look({
  name: 'detections.search',
  http: { method: 'POST', path: '/detections/search' },
  permission: 'detections.search',
  category: 'Detection Browsing',
  inquiry: true,
  input: searchSchema,
  answer: record<OfSpan<DetectionPage>>(),
  query: readable,
  results: ({ detections }) => detections.length,
});

export const overviewDetections = look({
  name: 'detections.overview',
  http: { method: 'POST', path: '/detections/overview' },
  permission: 'detections.search',
  category: 'Detection Browsing',
  inquiry: true,
  input: detectionQuerySchema,
  answer: record<OfSpan<Overview>>(),
  query: readable,
  results: ({ reads }) => reads.length,
});

export const findInArea = look({
  name: 'detections.stakeout',
  http: { method: 'POST', path: '/detections/stakeout' },
  permission: 'detections.stakeout',
  category: 'Stakeout Browsing',
  inquiry: true,
  input: stakeoutSchema,
  answer: record<OfSpan<StakeoutResult>>(),
  query: readable,
  results: ({ detections }) => detections,
});

export const followVehicle = look({
  name: 'detections.path',
  http: { method: 'POST', path: '/detections/path' },
  permission: 'detections.search',
  category: 'Detection Browsing',
  inquiry: true,
  input: pathSchema,
  answer: record<OfSpan<VehiclePath>>(),
  query: readable,
  results: ({ detections }) => detections.length,
});

export const findCompany = look({
  name: 'detections.company',
  http: { method: 'POST', path: '/detections/company' },
  permission: 'detections.search',
  category: 'Detection Browsing',
  inquiry: true,
  input: companySchema,
  answer: record<OfSpan<Company>>(),
  query: readable,
  results: ({ companions }) => companions.length,
});

export const findTwoPlaces = look({
  name: 'detections.two-places',
  http: { method: 'POST', path: '/detections/two-places' },
  permission: 'detections.search',
  category: 'Detection Browsing',
  inquiry: true,
  input: pathSchema,
  answer: record<OfSpan<PlatesInTwoPlaces>>(),
  query: readable,
  results: ({ pairs }) => pairs.length,
});

export const openDetection = look({
  name: 'detections.open',
  http: { method: 'GET', path: '/detections/:id' },
  permission: 'detections.search',
  category: 'Detection Browsing',
  inquiry: true,
  input: byId,
  answer: record<OpenedDetection>(),
  object: ({ id }) => `detection ${id}`,
  results: () => 1,
});

export const openImage = look({
  name: 'images.open',
  http: { method: 'GET', path: '/images/:id' },
  permission: 'images.view',
  category: 'Image View',
  inquiry: true,
  input: byId,
  answer: file,
  object: ({ id }) => `image ${id}`,
  results: () => 1,
});

/** Most images of one look: as many as an auditor may still judge as one. */
export const mostImages = 12;

export const openImages = look({
  name: 'images.batch',
  http: { method: 'POST', path: '/images/batch' },
  permission: 'images.view',
  category: 'Image View',
  inquiry: true,
  input: z.strictObject({
    ids: z
      .array(z.uuid())
      .min(1)
      .max(mostImages)
      .refine((ids) => new Set(ids).size === ids.length, 'names an image twice'),
  }),
  answer: record<ImageBatch>(),
  object: ({ ids }) => (ids.length === 1 ? '1 image' : `${ids.length} images`),
  results: ({ images }) => images.filter(({ jpeg }) => jpeg !== null).length,
});

export const exportDetections = look({
  name: 'results.export',
  http: { method: 'POST', path: '/results/export' },
  permission: 'results.export',
  category: 'Export',
  inquiry: true,
  input: exportSchema,
  answer: file,
  query: readable,
  results: ({ records = null }) => records,
});

/** The input as the audit log shows it: times in readable form. */
function readable(input: object & { from?: unknown; to?: unknown }): Record<string, unknown> {
  const { from, to, ...rest } = input;
  return {
    ...rest,
    ...(typeof from === 'number' ? { from: isoTime(from) } : {}),
    ...(typeof to === 'number' ? { to: isoTime(to) } : {}),
  };
}
