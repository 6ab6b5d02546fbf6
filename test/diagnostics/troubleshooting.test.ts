import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { problemAreas, problemsOf } from '../../src/daemon/problems.ts';
import { checkIds } from '../../src/diagnostics/check.ts';
import { helpAbout, troubleshootingPage } from '../../src/diagnostics/troubleshooting.ts';

/** Anchors of the page's headings, as a Markdown viewer makes them: `### Data folder` is `#data-folder`. */
function anchors(): string[] {
  const page = readFileSync(troubleshootingPage, 'utf8');
  return [...page.matchAll(/^#{2,3} (.+)$/gm)].map(([, heading = '']) =>
    heading.toLowerCase().replaceAll(' ', '-'),
  );
}

describe('the troubleshooting page', () => {
  test('has a heading for each check of doctor', () => {
    expect(checkIds.filter((id) => !anchors().includes(id))).toEqual([]);
  });

  test('has a heading for each part of the unit that may have a problem', () => {
    expect(problemAreas.filter((area) => !anchors().includes(area))).toEqual([]);
  });

  test('has each heading once', () => {
    expect(anchors().filter((anchor, index, all) => all.indexOf(anchor) !== index)).toEqual([]);
  });

  test('is what help points to', () => {
    expect(helpAbout('data-folder')).toBe('help: TROUBLESHOOTING.md#data-folder');
  });
});

test('a problem of the unit is in the area of the part that has it', () => {
  const problem = 'lens cap';
  const parts = {
    heads: [{ id: 'front', problem }],
    position: { problem },
    hotlists: [{ id: 'state', problem }],
    outputs: [{ name: 'sound', problem }],
    records: { images: { problem } },
    uplink: { problem },
    audit: { problem },
    retention: { problem },
    locked: problem,
    metricsProblem: problem,
  };
  const found = problemsOf(parts as unknown as Parameters<typeof problemsOf>[0]);
  expect(found.map(({ area }) => area)).toEqual([...problemAreas]);
  expect(found[0]?.text).toBe('camera head front: lens cap');
});
