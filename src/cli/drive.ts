import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { faultWords } from '../accountability/gate/input-fault.ts';
import { kindOf, messageOf, Problem } from '../platform/problem.ts';
import { yamlFault } from '../platform/yaml-fault.ts';

/** A recorded drive: a folder with `drive.yaml`, which names its files and its start time. */
const driveSchema = z.strictObject({
  startAt: z.iso.datetime(),
  durationS: z.number().positive(),
  fps: z.number().positive(),
  head: z.strictObject({
    id: z.string(),
    ir: z.string(),
    colour: z.string().optional(),
    mountAngleDeg: z.number().default(0),
  }),
  nmea: z.string().optional(),
  truth: z.string().optional(),
  hotlist: z.string().optional(),
});

export type Drive = z.infer<typeof driveSchema>;

/** Reads a drive; the returned file names are absolute paths. */
export function loadDrive(folder: string): Drive {
  const file = join(folder, 'drive.yaml');
  if (!existsSync(file)) {
    throw new Problem(`${folder}: is not a recorded drive; it must be a folder with a drive.yaml`);
  }
  let drive: Drive;
  try {
    drive = driveSchema.parse(parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error instanceof z.ZodError) throw new Problem(`${file}: ${faultWords(error)}`);
    const why = kindOf(error) === null ? yamlFault(error) : messageOf(error);
    throw new Problem(`${file}: ${why}`);
  }
  const whole = <T extends string | undefined>(name: T): T =>
    (name === undefined ? name : resolve(folder, name)) as T;
  const { head } = drive;
  return {
    ...drive,
    head: { ...head, ir: whole(head.ir), ...(head.colour && { colour: whole(head.colour) }) },
    ...(drive.nmea && { nmea: whole(drive.nmea) }),
    ...(drive.truth && { truth: whole(drive.truth) }),
    ...(drive.hotlist && { hotlist: whole(drive.hotlist) }),
  };
}
