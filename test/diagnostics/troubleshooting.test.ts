import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { problemAreas, problemsOf } from '../../src/daemon/problems.ts';
import { checkIds } from '../../src/diagnostics/check.ts';
import { helpAbout, troubleshootingPage } from '../../src/diagnostics/troubleshooting.ts';
import {
  alternatives,
  filesOfSentences,
  isHeadingOf,
  messageShapes,
  strangeParts,
} from '../support/message-shapes.ts';

const page = readFileSync(troubleshootingPage, 'utf8');

/** Anchors of the page's parts, as a Markdown viewer makes them: `## Data folder` is `#data-folder`. */
const parts = [...page.matchAll(/^## (.+)$/gm)].map(([, heading = '']) =>
  heading.toLowerCase().replaceAll(' ', '-'),
);
/** The headings that are messages. */
const headings = [...page.matchAll(/^#### `(.+)`$/gm)].map(([, heading = '']) => heading);

const repeated = (all: string[]) => all.filter((each, index) => all.indexOf(each) !== index);

describe('the troubleshooting page', () => {
  test('has a part for each check of doctor', () => {
    expect(checkIds.filter((id) => !parts.includes(id))).toEqual([]);
  });

  test('has a part for each part of the unit that may have a problem', () => {
    expect(problemAreas.filter((area) => !parts.includes(area))).toEqual([]);
  });

  test('has each heading once', () => {
    expect(repeated([...parts, ...headings])).toEqual([]);
  });

  test('has each message of the source as a heading', () => {
    const missing = messageShapes().filter(
      ({ shape }) => !headings.some((heading) => isHeadingOf(heading, shape)),
    );
    expect(missing.map(({ file, shape }) => `${file}: ${shape}`)).toEqual([]);
  });

  test('has no message that the source has not', () => {
    expect(headings.filter((heading) => strangeParts(heading).length > 0)).toEqual([]);
  });

  test('is what help points to', () => {
    expect(helpAbout('data-folder')).toBe('help: TROUBLESHOOTING.md#data-folder');
  });
});

describe('the messages of the source', () => {
  test('are found in every file that is searched for sentences', () => {
    const files = new Set(messageShapes().map(({ file }) => file));
    expect(filesOfSentences.filter((file) => !files.has(file))).toEqual([]);
  });

  test('are joined from their literals, one a branch', () => {
    const source = `new Problem(isOld ? \`\${file}: is old (\${age})\` : 'is ' + 'new', other);`;
    expect(alternatives(source, source.indexOf('(') + 1)).toEqual(['…: is old (…)', 'is new']);
  });

  test('are found under the clause that they begin with, and no other', () => {
    expect(isHeadingOf('…: is old', '…: is old (…)')).toBe(true);
    expect(isHeadingOf('…: is old', '…: is older; renew it')).toBe(false);
    expect(isHeadingOf('…: is', '…: is old')).toBe(false);
  });
});

test('a heading that is not a message of the source is found', () => {
  expect(strangeParts('pictures are black')).toEqual([]);
  expect(strangeParts('… pictures are purple')).toEqual(['pictures are purple']);
});

test('a problem of the unit is in the area of the part that has it', () => {
  const problem = 'lens cap';
  const unit = {
    heads: [{ id: 'front', problem }],
    position: { problem },
    capture: { problem },
    clock: { problem },
    hotlists: [{ id: 'state', problem }],
    outputs: [{ name: 'sound', problem }],
    records: { problem: null, images: { problem } },
    storage: { problem },
    uplink: { problem },
    people: { problem },
    audit: { problem },
    retention: { problem },
    https: { problem },
    locked: problem,
    metricsProblem: problem,
  };
  const found = problemsOf(unit as unknown as Parameters<typeof problemsOf>[0]);
  expect(found.map(({ area }) => area)).toEqual([...problemAreas]);
  expect(found[0]?.text).toBe('camera head front: lens cap');
});
