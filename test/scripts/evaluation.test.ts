import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  calibrationError,
  reliability,
  rightCharacters,
  withoutTemperature,
} from '../../scripts/evaluation/calibration.ts';
import { type Fold, foldOf, measuringFoldOf } from '../../scripts/evaluation/folds.ts';
import { outcomes } from '../../scripts/evaluation/goals.ts';
import { badness, judge } from '../../scripts/evaluation/judge.ts';
import { writeGenerated } from '../../scripts/evaluation/readme-figures.ts';
import { percentWithInterval } from '../../scripts/evaluation/statistics.ts';
import { allYardsticks, samplesOf, type Tags } from '../../scripts/evaluation/yardsticks.ts';
import { programRoot } from '../../src/config/load.ts';
import type { Recogniser } from '../../src/vision/reading/models.ts';
import { openRecogniser } from '../../src/vision/reading/models.ts';
import type { FoundPlate } from '../../src/vision/reading/plate-read.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Box = [number, number, number, number];

/** A plate that was found at `box`. */
function found(plate: string, confidence: number, box: Box, unread: FoundPlate['unread'] = null) {
  const [x, y, width, height] = box;
  const read: FoundPlate['read'] = {
    plate,
    confidence,
    characters: [],
    alternatives: [],
    state: null,
    box,
    corners: [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ],
  };
  return { read, unread, detectorScore: 0.9, sure: true, sharpness: 1000 };
}

const label = (text: string | null, box: Box) => ({ text, seen: null, box, state: null, tags: {} });
const place: Box = [100, 100, 80, 40];
const sample = (...labels: ReturnType<typeof label>[]) => ({ path: 'scene.jpg', labels });

describe('the judge', () => {
  test('distinguishes exact from O taken as 0, and read from unread', () => {
    const unsure = judge(
      sample(label('7ABO123', place)),
      [found('7AB0123', 0.4, place, 'low_confidence')],
      'scenes',
    );
    expect(unsure.plates[0]).toMatchObject({ exact: false, folded: true, given: null });
    const given = judge(sample(label('7ABO123', place)), [found('7AB0123', 0.9, place)], 'scenes');
    expect(given.plates[0]).toMatchObject({ folded: true, given: 'right', found: true });
  });

  test('does not take a right text elsewhere for the plate, nor count it as false', () => {
    const other: Box = [400, 300, 80, 40];
    const { plates, falseReads } = judge(
      sample(label('7ABC123', place), label('3XYZ789', other)),
      [found('3XYZ788', 0.9, other), found('8ABC123', 0.8, place)],
      'scenes',
    );
    expect(plates.map(({ given }) => given)).toEqual(['wrong', 'wrong']);
    expect(falseReads).toBe(0);
  });

  test('counts a text where no label is as false, and ranks a sure wrong read as worst', () => {
    const stray = judge(sample(), [found('EXIT', 0.8, place)], 'scenes');
    expect(stray.falseReads).toBe(1);
    // A board in a frame is no plate either; a plate there is judged by its label.
    expect(judge(sample(), [found('ASX', 0.8, place)], 'framed').falseReads).toBe(1);
    const framed = judge(sample(label('7ABC123', place)), [found('EXIT', 0.8, place)], 'framed');
    expect([framed.falseReads, framed.plates[0]?.given]).toEqual([0, 'wrong']);
    const wrong = judge(sample(label('7ABC123', place)), [found('7A8C123', 0.99, place)], 'scenes');
    const missed = judge(sample(label('7ABC123', place)), [], 'scenes');
    const worst = [missed, stray, wrong].map((each) => badness({ ...each, ms: 0 }));
    expect(worst).toEqual([...worst].sort((a, b) => a - b));
    expect(new Set(worst).size).toBe(3);
  });
});

test('a missed floor is reported as missed, with an interval', () => {
  const yardstick = allYardsticks.find(({ name }) => name === 'french-fr');
  if (!yardstick) throw new Error('no such yardstick');
  const right = judge(sample(label('AB123CD', place)), [found('AB123CD', 0.9, place)], 'scenes');
  const wrong = judge(sample(label('AB123CD', place)), [found('AB123C', 0.9, place)], 'scenes');
  const verdicts = [right, right, right, wrong].map((each) => ({ ...each, ms: 1 }));
  const told = outcomes([{ yardstick, verdicts }]);
  expect(told.map(({ figure, value, meets }) => `${figure} ${value} ${meets}`)).toEqual([
    'end to end exact, O=0, % 75.0 (30.1–95.4) neither',
    'wrong among reads given, % 25.0 (4.6–69.9) neither',
    'wrong among reads given, % 25.0 (4.6–69.9) neither',
  ]);
});

test('at night in infra-red, what cannot be made out and what is too small count only among all', () => {
  const yardstick = allYardsticks.find(({ name }) => name === 'rendered conditions');
  if (!yardstick) throw new Error('no such yardstick');
  const taken = (plate: string, tags: Tags, text = '7ABC123') => {
    const night: Tags = { look: 'ir', condition: 'darkness', size: 80, legible: true, ...tags };
    const shown = { ...label(text, place), tags: night };
    return { ...judge(sample(shown), [found(plate, 0.9, place)], 'crops'), ms: 1 };
  };
  const verdicts = [
    taken('7ABC123', {}),
    taken('7ABC123', {}),
    taken('7AB0123', {}, '7ABO123'),
    taken('7ABC12', { legible: false }),
    taken('7ABC12', { size: 50, width: 80 }),
    taken('7ABC12', { look: 'colour' }),
  ];
  const told = outcomes([{ yardstick, verdicts }]).filter(({ set }) => set.includes('infra-red'));
  expect(told.map(({ figure, value }) => `${figure} ${value.split(' ')[0]}`)).toEqual([
    'exact, legible from 60 px, % 66.7',
    'exact, O=0, legible from 60 px, % 100.0',
    'exact, all from 40 px, % 40.0',
  ]);
});

test('a read that the picture confirms is not wrong, though the label differs', async () => {
  const folder = temporaryFolder();
  const yardstick = allYardsticks.find(({ name }) => name === 'french-fr');
  if (!yardstick) throw new Error('no such yardstick');
  const errors = JSON.parse(
    readFileSync(join(programRoot, 'scripts/evaluation/label-errors.json'), 'utf8'),
  );
  const [[file, shown] = ['', '']] = Object.entries<string>(errors['french-fr']);
  const line = { file, region: 'fr', plates: [{ text: 'DQ040VP', box: place }] };
  writeFileSync(join(folder, 'index.jsonl'), JSON.stringify(line));
  const [picture] = (await samplesOf(yardstick, folder)) ?? [];
  if (!picture || !shown) throw new Error('no picture');
  const { plates } = judge(picture, [found(shown, 0.9, place)], 'scenes');
  expect(plates[0]).toMatchObject({ folded: false, given: 'wrong', givenSeen: 'right' });
});

test('a share is given with its interval: none wrong of many is not certainty', () => {
  expect(percentWithInterval({ k: 150, n: 150 })).toBe('100.0 (97.5–100.0)');
  expect(percentWithInterval({ k: 0, n: 0 })).toBe('');
});

describe('calibration', () => {
  test('the error is the mean gap between what was stated and what is right', () => {
    const claims = Array.from({ length: 100 }, (_, i) => ({ p: 0.85, right: i < 65 }));
    const bins = reliability([...claims, { p: 0.15, right: false }]);
    expect(bins[8]?.n).toBe(100);
    expect(bins[8]?.stated).toBeCloseTo(0.85);
    expect(bins[8]?.right).toBeCloseTo(0.65);
    expect(calibrationError(bins)).toBeCloseTo(0.2 * (100 / 101) + 0.15 / 101);
  });

  test('characters are aligned with the truth: one that is missing makes no other wrong', () => {
    expect(rightCharacters('ABC123', '7ABC123')).toEqual([true, true, true, true, true, true]);
    expect(rightCharacters('7A8C123', '7ABC123').indexOf(false)).toBe(2);
    expect(rightCharacters('7AB0123', '7ABO123')).not.toContain(false);
  });

  test('undoing the temperature gives the probabilities of the bare logits', async () => {
    const shipped = await openRecogniser(join(programRoot, 'models'), 'recogniser', 1);
    const logits = [2, 1, -1];
    const softmax = (t: number) => {
      const powers = logits.map((logit) => Math.exp(logit / t));
      return powers.map((power) => power / powers.reduce((sum, each) => sum + each, 0));
    };
    const characters = { values: Float32Array.from(softmax(1.6)), steps: 1, classes: 3 };
    const warm: Recogniser = {
      ...shipped,
      manifest: { ...shipped.manifest, temperature: 1.6 },
      run: async () => [{ characters, state: null, rows: null }],
    };
    const [crop] = await withoutTemperature(warm).run(new Uint8Array(), 1);
    softmax(1).forEach((p, i) => {
      expect(crop?.characters.values[i]).toBeCloseTo(p, 5);
    });
  });
});

test('a rendered plate is filed under its condition, look, width and yaw', async () => {
  const folder = temporaryFolder();
  const [yardstick] = allYardsticks.filter(({ rendered }) => rendered);
  if (!yardstick) throw new Error('no rendered yardstick');
  expect(await samplesOf(yardstick, folder)).toBeNull();
  const line = {
    file: 'images/0.png',
    region: 'us-nh',
    condition: '',
    look: 'ir',
    kind: 'two-row',
    width_px: 83,
    yaw_deg: 20,
    plates: [{ text: '647 73o', box: [0, 0, 90, 45] }],
  };
  writeFileSync(join(folder, 'index.jsonl'), `${JSON.stringify(line)}\n`);
  expect(await samplesOf(yardstick, folder)).toEqual([
    {
      path: join(folder, 'images/0.png'),
      labels: [
        {
          text: '64773O',
          seen: null,
          box: [0, 0, 90, 45],
          state: 'NH',
          tags: { condition: 'daylight', look: 'ir', kind: 'two-row', width: 83, yaw: 20 },
        },
      ],
    },
  ]);
});

test('a text that a machine was unsure of is not used as truth', async () => {
  const folder = temporaryFolder();
  const yardstick = allYardsticks.find(({ machineTexts }) => machineTexts);
  if (!yardstick) throw new Error('no machine-read yardstick');
  const lines = [0.99, 0.7].map((min_conf) => ({
    file: '/a.jpg',
    region: 'us-ca',
    plates: [{ text: null, box: [0, 0, 9, 9], pseudo: { text: '7ABC123', min_conf } }],
  }));
  writeFileSync(join(folder, 'index.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
  const samples = (await samplesOf(yardstick, folder)) ?? [];
  expect(samples.map(({ labels }) => labels[0]?.text)).toEqual(['7ABC123', null]);
  expect(samples.map(({ labels }) => labels[0]?.state)).toEqual(['CA', 'CA']);
});

describe('the figures in a README', () => {
  test('are replaced between their markers, the prose stays', () => {
    const path = join(temporaryFolder(), 'README.md');
    writeFileSync(
      path,
      'Before.\n<!-- sets: begin (generated) -->\nold\n<!-- sets: end -->\nAfter.\n',
    );
    writeGenerated(path, { sets: '| new |' });
    writeGenerated(path, { sets: '| newer |' });
    expect(readFileSync(path, 'utf8')).toBe(
      'Before.\n<!-- sets: begin (generated) -->\n\n| newer |\n\n<!-- sets: end -->\nAfter.\n',
    );
  });

  test('are refused where the marker is missing, by name', () => {
    const path = join(temporaryFolder(), 'README.md');
    writeFileSync(path, 'No markers.\n');
    expect(() => writeGenerated(path, { goals: 'x' })).toThrow(/README\.md: has no lines .*goals/);
  });
});

describe('folds', () => {
  test('part a set by the photo, the same in training and in measuring', () => {
    const files = Array.from({ length: 400 }, (_, i) => `images/photo${i >> 1}_${i}.jpg`);
    const script =
      'import json, sys; from folds import fold_of, measuring_fold_of; ' +
      'print(json.dumps([[fold_of(f), measuring_fold_of(f)] for f in json.load(sys.stdin)]))';
    const { stdout } = spawnSync('/usr/bin/python3', ['-c', script], {
      cwd: join(programRoot, 'models/training'),
      input: JSON.stringify(files),
      encoding: 'utf8',
    });
    const ours = files.map((file) => [foldOf(file), measuringFoldOf(file)]);
    expect(JSON.parse(stdout)).toEqual(ours);
    expect(ours.filter((_, i) => i % 2 === 0)).toEqual(ours.filter((_, i) => i % 2 === 1));
    const shares = ['train', 'choose', 'report'].map(
      (fold) => ours.filter(([own]) => own === fold).length / files.length,
    );
    expect(shares.map((share) => Math.round(share * 5))).toEqual([3, 1, 1]);
  });

  test('what was trained on is never measured, and what chooses is not reported', async () => {
    const folder = temporaryFolder();
    const plates = [{ text: '7ABC123', box: [0, 0, 90, 45] }];
    const files = Array.from({ length: 60 }, (_, i) => `images/p${i}.jpg`);
    const lines = files.map((file) => JSON.stringify({ file, plates }));
    writeFileSync(join(folder, 'index.jsonl'), lines.join('\n'));
    const measured = async (name: string, fold?: Fold) => {
      const yardstick = allYardsticks.find((each) => each.name === name);
      if (!yardstick) throw new Error(`no yardstick ${name}`);
      const samples = (await samplesOf(yardstick, folder, fold)) ?? [];
      return samples.map(({ path }) => path.slice(folder.length + 1));
    };
    const [reported, choosing] = [
      await measured('openimages-text framed'),
      await measured('openimages-text framed', 'choose'),
    ];
    expect(reported).toEqual(files.filter((file) => foldOf(file) === 'report'));
    expect(choosing).toEqual(files.filter((file) => foldOf(file) === 'choose'));
    expect(await measured('french-fr')).toEqual(files);
    expect(await measured('french-fr', 'choose')).toEqual(
      await measured('nyc-reported framed', 'choose'),
    );
  });
});

test('a plate of the wild is filed under where it comes from', async () => {
  const folder = temporaryFolder();
  const yardstick = allYardsticks.find(({ name }) => name === 'openimages-text framed');
  if (!yardstick) throw new Error('no such yardstick');
  const regions = ['us-ca', 'us', 'gb', 'de', 'au-nsw'];
  const lines = regions.map((region) => {
    const plates = [{ text: '7ABC123', box: [0, 0, 90, 45], region }];
    return JSON.stringify({ file: `images/${reportedName(region)}.jpg`, plates });
  });
  writeFileSync(join(folder, 'index.jsonl'), lines.join('\n'));
  const samples = (await samplesOf(yardstick, folder)) ?? [];
  expect(samples.map(({ labels }) => labels[0]?.tags.from)).toEqual([
    'the United States',
    'the United States',
    'Britain',
    'elsewhere',
    'elsewhere',
  ]);
});

/** A picture's name in the reported fold. */
function reportedName(stem: string): string {
  const names = Array.from({ length: 100 }, (_, i) => `${stem}${i}`);
  const name = names.find((each) => foldOf(each) === 'report');
  if (!name) throw new Error('no name in the reported fold');
  return name;
}
