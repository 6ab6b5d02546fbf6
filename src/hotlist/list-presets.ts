import {
  type FullLayoutInput,
  fullLayoutSchema,
  type Layout,
  type LayoutConfig,
  type listPresets,
} from '../config/sections/hotlist.ts';

type Preset = (typeof listPresets)[number];

/**
 * First letters of the numbers that NCIC gives to records. B (boats) and letters that are not here are refused: the
 * row would alert under an unknown reason. R is a vehicle or plate of Canada (CPIC).
 */
const ncicLetters = {
  A: 'amber',
  C: 'supervised_release',
  F: 'felony_vehicle',
  H: 'protection_order',
  K: 'protective_interest',
  L: 'violent_person',
  M: 'missing_person',
  N: 'immigration_violator',
  P: 'stolen_plate',
  R: 'stolen_vehicle',
  T: 'threat_screening',
  V: 'stolen_vehicle',
  W: 'wanted_person',
  X: 'sex_offender_registry',
} as const;

const ncicRules = {
  categories: ncicLetters,
  unknownCodes: 'refuse',
  blankPlates: 'leave-out',
  stateCodes: 'ncic',
  letterO: 'zero',
  dateFormats: ['yyyyMMdd'],
  defaults: { reason: 'NCIC' },
} as const satisfies FullLayoutInput;

const ncicColumns = {
  category: { start: 0, length: 1 },
  entryId: { start: 0, length: 10 },
  enteredBy: { start: 10, length: 9 },
  entryDate: { start: 19, length: 8 },
  plate: { start: 27, length: 10 },
  state: { start: 37, length: 2 },
  plateType: { start: 43, length: 2 },
  year: { start: 45, length: 4 },
  make: { start: 49, length: 4 },
  model: { start: 53, length: 3 },
  colour: { start: 58, length: 7 },
} as const;

/** The extract of NCIC for plate readers: 65 characters a line; the entering agency (ORI) is who entered it. */
const ncic: FullLayoutInput = {
  ...ncicRules,
  kind: 'fixed-width',
  record: '^[A-Z]\\d{9}',
  recordLength: 65,
  columns: ncicColumns,
};

/** Counties of California in the order of their codes, 01 to 58. */
const counties =
  `Alameda|Alpine|Amador|Butte|Calaveras|Colusa|Contra Costa|Del Norte|El Dorado|Fresno|Glenn|Humboldt|
Imperial|Inyo|Kern|Kings|Lake|Lassen|Los Angeles|Madera|Marin|Mariposa|Mendocino|Merced|Modoc|Mono|Monterey|Napa|Nevada|
Orange|Placer|Plumas|Riverside|Sacramento|San Benito|San Bernardino|San Diego|San Francisco|San Joaquin|San Luis Obispo|
San Mateo|Santa Barbara|Santa Clara|Santa Cruz|Shasta|Sierra|Siskiyou|Solano|Sonoma|Stanislaus|Sutter|Tehama|Trinity|
Tulare|Tuolumne|Ventura|Yolo|Yuba`
    .split('|')
    .map((name) => name.trim());
const countyReasons = Object.fromEntries([
  ['00', 'California DOJ'],
  ...counties.map((name, index) => [
    String(index + 1).padStart(2, '0'),
    `California DOJ, ${name} County`,
  ]),
]);

/** The extract as comma-separated text without a header. The first five columns are the same; `vehicle` says the others. */
function ncicTable(vehicle: Partial<FullLayoutInput['columns']>): FullLayoutInput {
  return {
    ...ncicRules,
    header: false,
    columns: {
      category: { index: 0, start: 0, length: 1 },
      entryId: { index: 0 },
      enteredBy: { index: 1 },
      entryDate: { index: 2 },
      plate: { index: 3 },
      state: { index: 4 },
      ...vehicle,
    },
  };
}

/**
 * The tables of California's Department of Justice: 20 characters a line, header `DATE`, footer `TOTAL RECORD`. The
 * plate may be padded less, so the other fields are counted from the end of the line. The reason says the county.
 */
function caDoj(category: 'stolen_vehicle' | 'felony_vehicle' | 'stolen_plate'): FullLayoutInput {
  return {
    kind: 'fixed-width',
    reasons: countyReasons,
    record: '^.{1,8}[A-Z0-9]{2}\\d{10}\\s*$',
    leader: { startsWith: 'DATE', asOf: { start: 4, length: 16, format: 'MM/dd/yyyy' } },
    trailer: { startsWith: 'TOTAL RECORD', count: { start: 12, length: 8 } },
    columns: {
      plate: { start: 0, end: -12 },
      state: { start: -12, length: 2 },
      reason: { start: -10, length: 2 },
      entryDate: { start: -8, length: 8 },
    },
    dateFormats: ['yyyyMMdd'],
    letterO: 'zero',
    defaultCategory: category,
    defaults: { reason: 'California DOJ' },
  };
}

const presets: Readonly<Record<Preset, FullLayoutInput>> = {
  ncic,
  'ca-doj-svs': caDoj('stolen_vehicle'),
  'ca-doj-sfr': caDoj('felony_vehicle'),
  'ca-doj-slr': caDoj('stolen_plate'),
  // Its other columns are not published.
  al: {
    header: false,
    columns: { plate: { index: 0 }, reason: { index: 7 }, state: { index: 8 } },
  },
  // Of its wide lines only these places are published; whose expiry the date behind them is, is not.
  ct: {
    kind: 'fixed-width',
    columns: { plate: { start: 0, length: 8 }, year: { start: 158, length: 4 } },
    defaults: { reason: 'Connecticut' },
  },
  // Behind the state come fields with commas that are not published.
  ga: {
    kind: 'fixed-width',
    columns: { plate: { start: 0, length: 8 }, state: { start: 8, length: 2 } },
    defaults: { reason: 'Georgia' },
  },
  co: {
    kind: 'fixed-width',
    columns: {
      plate: { start: 0, length: 10 },
      state: { start: 10, length: 2 },
      reason: { start: 12, length: 22 },
    },
  },
  ia: {
    header: false,
    columns: {
      plate: { index: 0 },
      plateType: { index: 2 },
      state: { index: 3 },
      caseNumber: { index: 4 },
      reason: { index: 5 },
      enteredBy: { index: 6 },
    },
  },
  il: {
    kind: 'fixed-width',
    columns: {
      plate: { start: 0, length: 8 },
      state: { start: 8, length: 2 },
      plateType: { start: 10, length: 2 },
      reason: { start: 12, length: 7 },
    },
  },
  mi: {
    ...ncic,
    recordLength: 100,
    columns: { ...ncicColumns, reason: { start: 65, length: 35 } },
  },
  mn: ncicTable({
    plateType: { index: 6 },
    year: { index: 7 },
    make: { index: 8 },
    model: { index: 9 },
    colour: { index: 11 },
  }),
  // Motor Vehicle Commission: the places of NCIC, colours and makes in words.
  nj: {
    kind: 'fixed-width',
    record: '^[A-Z].{38}',
    categories: { E: 'other', S: 'other' },
    reasons: { E: 'Registration expired', S: 'Owner suspended' },
    unknownCodes: 'refuse',
    columns: { ...ncicColumns, reason: { start: 0, length: 1 } },
    dateFormats: ['yyyyMMdd'],
  },
  // LEADS: fields between blanks; what a terminal writes among the lines is refused.
  oh: {
    kind: 'fixed-width',
    record:
      '^\\s*\\d+ +(?<plate>[A-Z0-9]{1,10}) +(?<state>[A-Z0]{2}) +\\S+ +(?<date>\\d{2}/\\d{2}/\\d{4})' +
      '(?: +(?<make>\\S+) +(?<model>\\S+) +(?<year>\\d{4}) +(?<colour>\\S+))?',
    columns: {
      plate: { group: 'plate' },
      state: { group: 'state' },
      entryDate: { group: 'date' },
      make: { group: 'make' },
      model: { group: 'model' },
      year: { group: 'year' },
      colour: { group: 'colour' },
    },
    stateCodes: 'ncic',
    letterO: 'zero',
    dateFormats: ['MM/dd/yyyy'],
    defaults: { reason: 'Ohio LEADS' },
  },
  ny: {
    kind: 'fixed-width',
    // X is a suspended registration there.
    categories: { ...ncicLetters, X: 'other' },
    unknownCodes: 'refuse',
    columns: {
      plate: { start: 0, length: 10 },
      state: { start: 10, length: 2 },
      plateType: { start: 12, length: 2 },
      category: { start: 15, length: 1 },
      make: { start: 16, length: 4 },
      colour: { start: 20, length: 4 },
    },
    defaults: { reason: 'New York' },
  },
  'tx-ncic': ncicTable({
    year: { index: 6 },
    make: { index: 7 },
    model: { index: 8 },
    colour: { index: 10 },
  }),
  'tx-tcic': {
    header: false,
    categories: ncicLetters,
    unknownCodes: 'refuse',
    blankPlates: 'leave-out',
    columns: {
      category: { index: 0, start: 1, length: 1 },
      entryId: { index: 0 },
      plate: { index: 1 },
      state: { index: 2 },
      year: { index: 3 },
    },
    defaults: { reason: 'TCIC' },
  },
  wa: {
    ...ncicRules,
    kind: 'fixed-width',
    record: '^..[A-Z]\\d{7}',
    columns: {
      category: { start: 2, length: 1 },
      entryId: { start: 2, length: 8 },
      enteredBy: { start: 10, length: 9 },
      entryDate: { start: 19, length: 8 },
      plate: { start: 27, length: 10 },
      state: { start: 37, length: 2 },
    },
  },
};

/** The layout of a list in full: its preset with what the configuration adds, or the configuration's own mapping. */
export function layoutOf(config: LayoutConfig): Layout {
  if (config.preset === undefined || config.preset === 'none') return config;
  const { preset, categories, defaults, ...rest } = config;
  const base = presets[preset];
  const own = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return fullLayoutSchema.parse({
    ...base,
    ...own,
    categories: { ...base.categories, ...categories },
    defaults: { ...base.defaults, ...defaults },
  });
}
