import { join } from 'node:path';
import {
  createHeadquarters,
  type HeadquartersOptions,
} from '../../scripts/reference-headquarters/headquarters.ts';
import { createLog } from '../../src/platform/log.ts';
import { stopOnce } from '../support/stop-once.ts';
import { waitFor } from '../support/wait-for.ts';

/** A running headquarters that remembers the order things came in. */
export async function openHeadquarters(
  folder: string,
  options: Omit<HeadquartersOptions, 'folder'>,
) {
  const log = createLog({ level: process.env.LOOKOUT_TEST_LOG ?? 'silent' });
  const headquarters = createHeadquarters({
    folder: join(folder, 'headquarters'),
    log,
    ...options,
  });
  const arrived: string[] = [];
  const { events } = headquarters;
  events.on('hit', (hit) => arrived.push(`hit ${hit.id} ${hit.revision}`));
  events.on('detection', ({ id, revision }) => arrived.push(`detection ${id} ${revision}`));
  events.on('image', (image) => arrived.push(`image ${image.id}`));
  const stop = stopOnce(() => headquarters[Symbol.asyncDispose]());
  headquarters.start();
  await waitFor(() => headquarters.connected, { what: 'headquarters’ connection' });
  return { headquarters, arrived, stop };
}
