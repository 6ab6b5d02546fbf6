import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../../src/accountability/policy/load-policy.ts';
import { numberRule } from '../../../src/accountability/policy/number-rule.ts';
import { profileNames } from '../../../src/accountability/policy/read-profile.ts';

describe('the number of a case (AUD-1, VER-8)', () => {
  it.each(profileNames())('is told from a word or a filler under %s', (profile) => {
    const rule = numberRule(loadPolicy({ profile, overrides: {} }).policy.inquiry);
    for (const number of ['26-0042', '2026/00417', 'R26-77', 'CAD1204883', '123', 'I-170']) {
      expect([number, rule.test(number)]).toEqual([number, true]);
    }
    for (const filler of [
      ...['x1x', 'xxx', 'asdf', 'a-1', '12', '000', '00-0000', '---123', 'n/a', 'case', 'none'],
      ...['26 0042', '26-0042\n', '26_0042', '1'.repeat(33)],
    ]) {
      expect([filler, rule.test(filler)]).toEqual([filler, false]);
    }
    expect(rule.words).toContain('three digits');
  });

  it('has the agency’s own form where it sets one, and says which', () => {
    const overrides = { inquiry: { caseNumberPattern: '[A-Z]{2}\\d{2}' } };
    const rule = numberRule(loadPolicy({ profile: 'vallejo', overrides }).policy.inquiry);
    expect([rule.test('AB12'), rule.test('AB123'), rule.test('26-0042')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(rule.words).toContain('[A-Z]{2}\\d{2}');
  });
});
