import type { Database } from '../platform/database.ts';

/** The index of parts of plates (`plate_part`), as headquarters fills it: many plates at once, in the order of the index. */
export interface PlateParts {
  /** A plate that is about to be stored, in the caller's transaction: it is found at once, and waits for `add`. */
  wait(plate: string): void;
  /** Adds the parts of so many plates that wait, in one commit. Returns how many it took; fewer than asked: none waits. */
  add(atMost: number): number;
}

export function createPlateParts(db: Database): PlateParts {
  const wait = db.prepare('INSERT OR IGNORE INTO plate_waiting (plate) VALUES (?)');
  const waiting = db
    .prepare<[number], string>('SELECT plate FROM plate_waiting ORDER BY plate LIMIT ?')
    .pluck();
  // Those without a detection were of a message that was a repeat.
  const insert = db.prepare(
    `INSERT OR IGNORE INTO plate_part
     SELECT substr(plate, at) AS part, plate
     FROM (SELECT plate FROM plate_waiting WHERE plate <= ?) AS taken, plate_position
     WHERE (at = 1 OR at < length(plate))
       AND EXISTS (SELECT 1 FROM detection WHERE detection.plate = taken.plate)
     ORDER BY part, plate`,
  );
  const forget = db.prepare('DELETE FROM plate_waiting WHERE plate <= ?');
  const add = db.transaction((atMost: number): number => {
    const plates = waiting.all(atMost);
    const last = plates.at(-1);
    if (last === undefined) return 0;
    insert.run(last);
    forget.run(last);
    return plates.length;
  });
  return {
    wait: (plate) => void wait.run(plate),
    add: (atMost) => add.immediate(atMost),
  };
}
