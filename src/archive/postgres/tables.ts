/**
 * The tables of the archive in PostgreSQL, step by step; each runs once, and a released one stays as it is. All are in the schema
 * `lookout`. Times are ms since the epoch; a detection, its hits and its images are in the partition of the month, in UTC, in
 * which the vehicle was last seen.
 */
export const archiveSteps: readonly string[] = [
  `
  CREATE TABLE archive_mark (
    -- The one row: whose archive this is, and up to which of its changes it has all.
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    source text NOT NULL,
    copied bigint NOT NULL
  );

  CREATE TABLE archived_detection (
    id uuid NOT NULL,
    -- Its place among those last seen at the same moment: the row's number at headquarters.
    arrival bigint NOT NULL,
    unit text,
    head text NOT NULL,
    first_seen_ms bigint NOT NULL,
    last_seen_ms bigint NOT NULL,
    plate text COLLATE "C",
    state text,
    latitude double precision,
    longitude double precision,
    place geometry(Point, 4326)
      GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(longitude, latitude), 4326)) STORED,
    hit boolean NOT NULL,
    canvass text,
    body json NOT NULL
  ) PARTITION BY RANGE (last_seen_ms);
  CREATE INDEX archived_detection_id ON archived_detection (id);
  CREATE INDEX archived_detection_walk ON archived_detection (last_seen_ms, arrival);
  CREATE INDEX archived_detection_plate ON archived_detection (plate, last_seen_ms)
    WHERE plate IS NOT NULL;
  -- By place alone: PostgreSQL else takes it for times as well, which takes hundreds of times as long in it.
  CREATE INDEX archived_detection_place ON archived_detection USING gist (place, last_seen_ms)
    WHERE place IS NOT NULL;
  CREATE INDEX archived_detection_hit ON archived_detection (last_seen_ms, arrival) WHERE hit;
  CREATE INDEX archived_detection_canvass ON archived_detection (canvass, last_seen_ms)
    WHERE canvass IS NOT NULL;
  CREATE INDEX archived_detection_unit ON archived_detection (unit, last_seen_ms);

  CREATE TABLE archived_hit (
    id text COLLATE "C" NOT NULL,
    detection_id uuid NOT NULL,
    last_seen_ms bigint NOT NULL,
    list_id text NOT NULL,
    body json NOT NULL
  ) PARTITION BY RANGE (last_seen_ms);
  CREATE INDEX archived_hit_detection ON archived_hit (detection_id, list_id);

  CREATE TABLE archived_image (
    id text COLLATE "C" NOT NULL,
    detection_id uuid NOT NULL,
    last_seen_ms bigint NOT NULL,
    taken_at_ms bigint NOT NULL,
    ref json NOT NULL,
    current boolean NOT NULL,
    gone boolean NOT NULL
  ) PARTITION BY RANGE (last_seen_ms);
  CREATE INDEX archived_image_id ON archived_image (id);
  CREATE INDEX archived_image_detection ON archived_image (detection_id);

  -- Every plate that a detection has, for parts of plates.
  CREATE TABLE archived_plate (plate text COLLATE "C" PRIMARY KEY);
  CREATE INDEX archived_plate_part ON archived_plate USING gin (plate gin_trgm_ops);

  -- What a wrong clock put into another century.
  CREATE TABLE archived_detection_other PARTITION OF archived_detection DEFAULT;
  CREATE TABLE archived_hit_other PARTITION OF archived_hit DEFAULT;
  CREATE TABLE archived_image_other PARTITION OF archived_image DEFAULT;

  -- Makes the partitions of a month, 2026_11 or the like, unless they are there.
  CREATE FUNCTION archive_add_month(month text, from_ms bigint, to_ms bigint) RETURNS void
  LANGUAGE plpgsql AS $$
  DECLARE
    kind text;
    part text;
  BEGIN
    FOREACH kind IN ARRAY ARRAY['archived_detection', 'archived_hit', 'archived_image'] LOOP
      part := kind || '_' || month;
      CONTINUE WHEN to_regclass(part) IS NOT NULL;
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', part, kind, from_ms, to_ms);
      IF kind = 'archived_detection' THEN
        -- Bodies lie apart, so that many rows are looked through without them.
        EXECUTE format('ALTER TABLE %I SET (toast_tuple_target = 128)', part);
      END IF;
    END LOOP;
  END
  $$;
  `,
];
