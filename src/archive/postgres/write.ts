import type { RowsToCopy } from '../../records/rows-to-copy.ts';
import type { Ask } from './connect.ts';
import { storable } from './storable.ts';

/** The partitions of an ordinary century; what a wrong clock puts elsewhere goes into those of other months. */
const firstYear = 2000;
const lastYear = 2099;

/** Writes detections into the archive, in the caller's transaction. */
export function createArchiveWriter() {
  const known = new Set<string>();

  /** Makes the partitions for these times. */
  async function addMonths(ask: Ask, times: readonly number[]): Promise<void> {
    for (const [month, at] of new Map(times.map((atMs) => [monthOf(atMs), new Date(atMs)]))) {
      const year = at.getUTCFullYear();
      if (known.has(month) || year < firstYear || year > lastYear) continue;
      const span = [0, 1].map((more) => Date.UTC(year, at.getUTCMonth() + more));
      await ask('SELECT archive_add_month($1, $2, $3)', [month, ...span]);
      known.add(month);
    }
  }

  return {
    /** Makes these ids in the archive what `rows` says: what is not in it goes. */
    async write(ask: Ask, ids: readonly string[], rows: RowsToCopy): Promise<void> {
      const { detections, hits, images } = rows;
      try {
        await addMonths(
          ask,
          detections.map(({ lastSeenMs }) => lastSeenMs),
        );
        const before = await ask<{ plate: string | null }>(
          'DELETE FROM archived_detection WHERE id = ANY ($1::uuid[]) RETURNING plate',
          [ids],
        );
        await ask('DELETE FROM archived_hit WHERE detection_id = ANY ($1::uuid[])', [ids]);
        await ask('DELETE FROM archived_image WHERE detection_id = ANY ($1::uuid[])', [ids]);
        await ask(
          `INSERT INTO archived_detection (id, arrival, unit, head, first_seen_ms, last_seen_ms, plate, state,
             latitude, longitude, hit, canvass, body)
           SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[],
             $8::text[], $9::float8[], $10::float8[], $11::bool[], $12::text[], $13::json[])`,
          [
            detections.map(({ id }) => id),
            detections.map(({ arrival }) => arrival),
            detections.map(({ unit }) => storable(unit)),
            detections.map(({ head }) => storable(head)),
            detections.map(({ firstSeenMs }) => firstSeenMs),
            detections.map(({ lastSeenMs }) => lastSeenMs),
            detections.map(({ plate }) => storable(plate)),
            detections.map(({ state }) => storable(state)),
            detections.map(({ latitude }) => latitude),
            detections.map(({ longitude }) => longitude),
            detections.map(({ hit }) => hit === 1),
            detections.map(({ canvass }) => canvass),
            detections.map(({ body }) => storable(body)),
          ],
        );
        const seenMs = new Map(detections.map(({ id, lastSeenMs }) => [id, lastSeenMs]));
        await ask(
          `INSERT INTO archived_hit (id, detection_id, last_seen_ms, list_id, body)
           SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::text[], $5::json[])`,
          [
            hits.map(({ id }) => id),
            hits.map(({ detectionId }) => detectionId),
            hits.map(({ detectionId }) => seenMs.get(detectionId)),
            hits.map(({ listId }) => storable(listId)),
            hits.map(({ body }) => storable(body)),
          ],
        );
        await ask(
          `INSERT INTO archived_image (id, detection_id, last_seen_ms, taken_at_ms, ref, current, gone)
           SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::bigint[], $5::json[], $6::bool[], $7::bool[])`,
          [
            images.map(({ id }) => id),
            images.map(({ detectionId }) => detectionId),
            images.map(({ detectionId }) => seenMs.get(detectionId)),
            images.map(({ takenAtMs }) => takenAtMs),
            images.map(({ ref }) => ref),
            images.map(({ current }) => current === 1),
            images.map(({ shedAtMs }) => shedAtMs !== null),
          ],
        );
        const plates = [...new Set(detections.flatMap(({ plate }) => storable(plate) ?? []))];
        await ask('INSERT INTO archived_plate SELECT unnest($1::text[]) ON CONFLICT DO NOTHING', [
          plates,
        ]);
        const gone = before.flatMap(({ plate }) => plate ?? []);
        const perhaps = [...new Set(gone)].filter((plate) => !plates.includes(plate));
        if (perhaps.length > 0) {
          await ask(
            `DELETE FROM archived_plate WHERE plate = ANY ($1::text[])
             AND NOT EXISTS (SELECT 1 FROM archived_detection AS one WHERE one.plate = archived_plate.plate)`,
            [perhaps],
          );
        }
      } catch (error) {
        // Partitions that were made in it go with the transaction.
        known.clear();
        throw error;
      }
    },
  };
}

/** 2026_11 or the like, in UTC. */
function monthOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 7).replace('-', '_');
}
