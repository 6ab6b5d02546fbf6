import { readFileSync, writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from '@commander-js/extra-typings';
import type { BookedPackage } from '../accountability/evidence/bookings.ts';
import {
  bookEvidence,
  fetchEvidence,
  listEvidence,
  makeEvidence,
  showEvidenceKey,
} from '../accountability/evidence/operations.ts';
import { volumeSizes } from '../accountability/evidence/plan-volumes.ts';
import { receivePackage } from '../accountability/evidence/receive-package.ts';
import { verificationText, verifyPackage } from '../accountability/evidence/verify-package.ts';
import { perform as performOn } from '../accountability/gate/perform.ts';
import { counted } from '../platform/counted.ts';
import { localTime } from '../platform/local-time.ts';
import { fileFault, Problem } from '../platform/problem.ts';
import { configured, type OptionsOf } from './configured.ts';
import { perform, print } from './perform.ts';
import { below } from './text.ts';
import { inquiring, inquiryOf, openClient } from './unit-client.ts';

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** `lookout evidence make|verify|key`. */
export function registerEvidence(program: Command): void {
  const group = program.command('evidence').description('packages for evidence and for release');

  makeCommand(group).action(makePackage);

  group
    .command('verify')
    .argument('<folder>', 'a package, or one volume of it, such as a disc')
    .option('--key <pem>', "the agency's public key; without it the key in the package is used")
    .option('--json', 'as JSON')
    .description('say whether anything is missing, changed or added')
    .action(async (folder, options) => {
      const key = options.key === undefined ? undefined : readKey(options.key);
      const result = await verifyPackage(folder, key);
      process.stdout.write(
        options.json ? `${JSON.stringify(result, null, 2)}\n` : verificationText(result),
      );
      if (!result.sound) process.exitCode = 1;
    });

  configured(group.command('list'))
    .description('show the packages that were made, and where they are booked')
    .option('--unbooked', 'those alone that are booked nowhere')
    .option('--limit <n>', 'at most this many')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const input = { unbooked: options.unbooked === true, limit: options.limit };
      print(options, await perform(options, listEvidence, input), (made) =>
        made.length === 0 ? 'No such package.' : made.map(packageText).join('\n'),
      );
    });

  configured(group.command('booked'))
    .argument('<id>', 'id of the package')
    .description('note where a package was booked into evidence')
    .requiredOption('--place <place>', 'such as "property room, shelf 4"')
    .requiredOption('--property <number>', 'property number')
    .option('--json', 'as JSON')
    .action(async (id, options) => {
      const input = { id, place: options.place, propertyNumber: options.property };
      print(options, await perform(options, bookEvidence, input), packageText);
    });

  configured(group.command('key'))
    .description('show the fingerprint of the key that this unit signs with')
    .option('--pem <file>', 'write the public key to this file')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const key = await perform(options, showEvidenceKey, {});
      if (options.pem !== undefined) writeFileSync(options.pem, key.publicKeyPem);
      process.stdout.write(options.json ? `${JSON.stringify(key)}\n` : `${key.fingerprint}\n`);
    });
}

function packageText(made: BookedPackage): string {
  const { id, at, by, caseNumber, detections, release, bookings } = made;
  const facts = [
    caseNumber === null ? 'no case' : `case ${caseNumber}`,
    counted(detections, 'detection'),
    ...(release === null ? [] : [`released under ${release}`]),
  ];
  return [
    `${id}  ${localTime(at)}  ${by}`,
    below(facts.join(', ')),
    ...(bookings.length === 0
      ? [below('booked nowhere')]
      : bookings.map((each) =>
          below(
            `property ${each.propertyNumber}, ${each.place}: ${localTime(each.at)} by ${each.by}`,
          ),
        )),
  ].join('\n');
}

function makeCommand(group: Command) {
  return inquiring(group.command('make'))
    .argument('<folder>', 'a new folder for the package')
    .description('pack pictures, records and audit extract, signed, ready for a disc')
    .option('--detections <id...>', 'these detections')
    .option(
      '--from <file>',
      'the detections whose ids are in the column or field "id" of a search result',
    )
    .option('--hits <id...>', 'these hits')
    .option('--of-case <number>', 'all of a case')
    .option('--release <request>', 'the approved request that it goes out under, by number or id')
    .option('--covered-only', 'leave out what the request does not cover')
    .option('--for <agency>', 'the agency that it is for, when that is not our own')
    .option('--size <size>', 'of one volume: cd, dvd, or bytes (default: one volume)', volumeSize)
    .option('--json', 'as JSON');
}

async function makePackage(folder: string, options: OptionsOf<typeof makeCommand>): Promise<void> {
  const { detections = [], from, hits = [], ofCase, release, for: recipient, size } = options;
  const inquiry = inquiryOf(options);
  await using client = await openClient(options);
  const order = {
    detectionIds: from === undefined ? detections : [...detections, ...idsIn(from)],
    hitIds: hits,
    caseNumber: ofCase,
    release,
    coveredOnly: options.coveredOnly === true,
    recipient,
    volumeBytes: size,
  };
  const made = await performOn(client, makeEvidence, order, inquiry);
  const verification = await receivePackage({
    made,
    folder,
    fetch: (from) => performOn(client, fetchEvidence, { id: made.id, from }, inquiry),
  });
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ ...made, folder, verification }, null, 2)}\n`);
    return;
  }
  const { contents, volumes, leftOut, notCovered } = made;
  const gone = contents.absentDetections.length + contents.absentImages.length;
  process.stdout.write(
    [
      `${folder}: ${contents.detections} detections, ${contents.hits} hits, ${contents.images} images on ${volumes} ` +
        `${volumes === 1 ? 'volume' : 'volumes'}, ${made.bytes} bytes`,
      ...(gone > 0 ? [`  not on this unit any more, and named in the package: ${gone}`] : []),
      ...(contents.alteredImages.length > 0
        ? [
            `  not as they were stored when taken, and named in the package: ${contents.alteredImages.length} images`,
          ]
        : []),
      ...(leftOut > 0 ? [`  left out, as they are not on this unit any more: ${leftOut}`] : []),
      ...(notCovered > 0 ? [`  left out, as the request does not cover them: ${notCovered}`] : []),
      `  signed with ${made.keyFingerprint}`,
      '  checked: nothing is missing or changed',
      `  once it is in evidence: lookout evidence booked ${made.id} --place … --property …`,
      made.release === null
        ? '  for use inside the agency only'
        : `  released to ${made.release.agency} under request ${made.release.number}`,
      '',
    ].join('\n'),
  );
}

/** Detection ids of a search result, in any form: they come first in each line or object. */
function idsIn(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Problem(`--from: ${file} cannot be read (${fileFault(error)})`);
  }
  const ids =
    text.trimStart().startsWith('{') || text.trimStart().startsWith('[')
      ? [...text.matchAll(/"id":\s*"([^"]+)"/g)].map((match) => match[1] ?? '')
      : text.split('\n').flatMap((line) => line.match(uuid)?.slice(0, 1) ?? []);
  const good = ids.filter((id) => id.match(uuid)?.[0] === id);
  if (good.length === 0) throw new Problem(`--from: ${file} holds no id of a detection`);
  return [...new Set(good)];
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Problem(`--key: ${file} cannot be read (${fileFault(error)})`);
  }
}

function volumeSize(text: string): number {
  if (text === 'cd' || text === 'dvd') return volumeSizes[text];
  if (/^\d{6,13}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('give cd, dvd, or a number of bytes, 100000 or more.');
}
