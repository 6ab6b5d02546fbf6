import { isoTime } from '../../platform/clock.ts';
import type { Database } from '../../platform/database.ts';
import type { Actor } from '../gate/operation.ts';
import { Refusal } from '../gate/refusal.ts';

/** Where a package lies as evidence (V 426.5, W 432.4, B 466.5). */
export interface Booking {
  at: string;
  by: string;
  place: string;
  propertyNumber: string;
}

/** A package that was made, and where it was booked; several if it was moved, the latest last. */
export interface BookedPackage {
  id: string;
  at: string;
  by: string;
  caseNumber: string | null;
  detections: number;
  /** Number of the request under which it was released; null: for the agency's own use. */
  release: string | null;
  bookings: Booking[];
}

type Row = Omit<BookedPackage, 'at' | 'by' | 'bookings'> & { atMs: number; name: string };

interface PackagesAsked {
  unbooked: boolean;
  caseNumber: string | null;
  release: string | null;
  limit: number;
}

/** The packages that were made and where they were booked. */
export interface Bookings {
  made(made: Omit<BookedPackage, 'at' | 'by' | 'bookings'>, by: Actor, nowMs: number): void;
  book(
    booking: { id: string; place: string; propertyNumber: string },
    by: Actor,
    nowMs: number,
  ): BookedPackage;
  /** The newest first; `caseNumber`, `release`: those of one alone, for which null stands for all. */
  list(options: PackagesAsked): BookedPackage[];
}

export function createBookings(db: Database): Bookings {
  const columns =
    'id, at_ms AS atMs, name, case_number AS caseNumber, detections, release FROM evidence_package';
  const insert = db.prepare('INSERT INTO evidence_package VALUES (?, ?, ?, ?, ?, ?, ?)');
  const one = db.prepare<[string], Row>(`SELECT ${columns} WHERE id = ?`);
  const all = db.prepare<[Record<string, string | number | null>], Row>(
    `SELECT ${columns} WHERE (NOT @unbooked OR NOT EXISTS (SELECT 1 FROM evidence_booking WHERE package = id))
       AND (@caseNumber IS NULL OR upper(trim(case_number)) = upper(trim(@caseNumber)))
       AND (@release IS NULL OR release = @release)
     ORDER BY at_ms DESC LIMIT @limit`,
  );
  const insertBooking = db.prepare('INSERT INTO evidence_booking VALUES (?, ?, ?, ?, ?)');
  const bookingsOf = db.prepare<
    [string],
    { atMs: number; name: string; place: string; propertyNumber: string }
  >(
    `SELECT at_ms AS atMs, name, place, property_number AS propertyNumber FROM evidence_booking
     WHERE package = ? ORDER BY at_ms, rowid`,
  );

  const view = ({ atMs, name, ...row }: Row): BookedPackage => ({
    ...row,
    at: isoTime(atMs),
    by: name,
    bookings: bookingsOf
      .all(row.id)
      .map(({ atMs: bookedMs, name: by, ...where }) => ({ ...where, at: isoTime(bookedMs), by })),
  });

  return {
    made({ id, caseNumber, detections, release }, { account, name }, nowMs) {
      insert.run(id, Math.floor(nowMs), account, name, caseNumber, detections, release);
    },
    book({ id, place, propertyNumber }, { name }, nowMs) {
      const row = one.get(id);
      if (row === undefined) {
        throw new Refusal(
          404,
          'package-never-made',
          `No package ${id} was made on this unit; "lookout evidence list" shows those that were.`,
        );
      }
      insertBooking.run(id, Math.floor(nowMs), place, propertyNumber, name);
      return view(row);
    },
    list: ({ unbooked, ...asked }) => all.all({ unbooked: unbooked ? 1 : 0, ...asked }).map(view),
  };
}
