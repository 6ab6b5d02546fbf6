import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { asyncApiYaml } from '../../scripts/generate/asyncapi-document.ts';
import {
  ackTopic,
  agencyMessageTopic,
  chunkTopic,
  manifestTopic,
  orderTopics,
  unitTopic,
} from '../../src/uplink/topics.ts';

const path = join(import.meta.dirname, '../../asyncapi.yaml');

test('asyncapi.yaml is up to date (node scripts/generate/asyncapi.ts writes it)', () => {
  expect(readFileSync(path, 'utf8')).toBe(asyncApiYaml());
});

test('asyncapi.yaml names every topic as the program builds it', () => {
  const { channels } = parse(readFileSync(path, 'utf8'));
  const addresses = Object.values<{ address: string }>(channels).map((channel) => channel.address);
  expect(addresses.sort()).toEqual(
    [
      ...[
        'detection',
        'hit',
        'alert',
        'report',
        'canvass',
        'official',
        'hot-plate',
        'account',
        'image/{image}',
        'audit',
        'status',
        'health',
        'taken',
        ...orderTopics,
      ].map((rest) => unitTopic('{agency}', '{unit}', rest)),
      unitTopic('{agency}', 'all', 'alert-status'),
      unitTopic('{agency}', 'all', 'revoke'),
      agencyMessageTopic('{agency}', 'account', '{account}'),
      agencyMessageTopic('{agency}', 'canvass', '{canvass}'),
      agencyMessageTopic('{agency}', 'official', '{office}'),
      agencyMessageTopic('{agency}', 'index', '{page}'),
      agencyMessageTopic('{agency}', 'hot-plate', '{entry}'),
      ackTopic('{agency}', '{unit}'),
      manifestTopic('{agency}', '{list}'),
      chunkTopic('{agency}', '{list}', '{sha256}', 0).replace(/0$/, '{index}'),
    ].sort(),
  );
});
