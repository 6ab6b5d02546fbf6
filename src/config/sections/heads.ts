import { z } from 'zod';

const pace = {
  pace: z
    .enum(['real-time', 'fastest'])
    .default('real-time')
    .describe(
      'real-time: at the speed of the recording; fastest: every frame, as fast as it can be read',
    ),
  loop: z.boolean().default(false).describe('Start again at the end'),
  startAt: z.iso
    .datetime()
    .optional()
    .describe('When the recording began (UTC); if left out, it plays as if recorded now'),
};

/** One camera source; `kind` picks the shape. */
export const sourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('v4l2'),
    device: z.string().min(1).describe('/dev/video0 or, better, a /dev/v4l/by-path name'),
    width: z.int().min(160).max(7680).default(1280),
    height: z.int().min(120).max(4320).default(720),
    fps: z.number().min(1).max(240).default(30),
    pixelFormat: z
      .enum(['auto', 'MJPG', 'YUYV', 'GREY'])
      .default('auto')
      .describe(
        'Format requested from the camera; many USB cameras reach their full rate only in MJPG',
      ),
  }),
  z.strictObject({
    kind: z.literal('rtsp'),
    url: z
      .string()
      .regex(/^rtsps?:\/\//, { abort: true, error: 'start it with rtsp:// or rtsps://' })
      .refine((url) => URL.canParse(url), {
        error:
          'is not an address; use rtsp://user:password@host:port/path, and write @ and # in the password as %40 and %23',
      }),
    transport: z.enum(['tcp', 'udp']).default('tcp'),
  }),
  z.strictObject({ kind: z.literal('video'), path: z.string().min(1), ...pace }),
  z.strictObject({
    kind: z.literal('images'),
    path: z.string().min(1).describe('Folder of images, read in the order of their names'),
    fps: z.number().min(0.1).max(240).default(15),
    ...pace,
  }),
]);

type Source = z.infer<typeof sourceSchema>;

/** Why two sources cannot be one head, or null. */
function mismatch(ir: Source, colour: Source | null): string | null {
  if (colour === null) return null;
  const irPace = 'pace' in ir ? ir : null;
  const colourPace = 'pace' in colour ? colour : null;
  if (irPace === null || colourPace === null) {
    return (irPace ?? colourPace)?.pace === 'fastest'
      ? "a recording beside a live camera runs in real time: leave out pace 'fastest'"
      : null;
  }
  if (irPace.pace !== colourPace.pace) return 'ir and colour need the same pace';
  if (irPace.loop !== colourPace.loop) return 'set loop for both ir and colour, or for neither';
  if ((irPace.startAt === undefined) !== (colourPace.startAt === undefined)) {
    return 'set startAt for both ir and colour, or for neither';
  }
  return null;
}

/** One camera head: an infra-red source, an optional colour source beside it (CAP-1). */
export const headSchema = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'use 1 to 32 of a-z, 0-9 and -')
      .describe('Name of the camera head, such as front-left'),
    ir: sourceSchema.describe('Camera from which plates are read'),
    colour: sourceSchema.nullable().default(null).describe('Overview camera, or null'),
    maxSkewMs: z
      .number()
      .min(0)
      .max(10_000)
      .default(80)
      .describe('Frames further apart than this are not a pair'),
    mountAngleDeg: z
      .number()
      .min(-180)
      .max(180)
      .default(0)
      .describe(
        'Direction of the camera relative to the car, or to the bearing of the pole: 0 = ahead, 90 = right, 180 = behind',
      ),
    stallAfterS: z
      .number()
      .min(0.5)
      .max(600)
      .default(5)
      .describe('A camera without a frame for this long has stalled and is reopened'),
  })
  .superRefine((head, context) => {
    const message = mismatch(head.ir, head.colour);
    if (message !== null) context.addIssue({ code: 'custom', path: ['colour'], message });
  });

/** `heads`: the camera heads and how a failing one is restarted. */
export const headsSection = z.strictObject({
  list: z
    .array(headSchema)
    .max(8)
    .default([])
    .superRefine((heads, context) => {
      const twice = heads.find(({ id }, at) => heads.findIndex((other) => other.id === id) !== at);
      if (twice === undefined) return;
      context.addIssue({
        code: 'custom',
        message: `two heads have the id "${twice.id}"; give each its own`,
      });
    }),
  restart: z
    .strictObject({
      firstDelayMs: z.int().min(10).default(500),
      maxDelayMs: z.int().min(10).default(30_000),
      budget: z
        .int()
        .min(1)
        .default(10)
        .describe('Restarts within the window before restarts slow down'),
      windowS: z.number().min(1).default(600),
    })
    .prefault({}),
  unresponsiveAfterS: z
    .number()
    .min(2)
    .default(20)
    .describe('A head silent for this long is killed and restarted'),
  quality: z
    .strictObject({
      minBrightness: z.number().min(0).max(255).default(1.5).describe('Mean of the pixels, 0-255'),
      maxBrightness: z.number().min(0).max(255).default(225).describe('Mean of the pixels, 0-255'),
      maxClippedShare: z.number().min(0).max(1).default(0.3).describe('Share of white pixels'),
      minSharpness: z
        .number()
        .min(0)
        .default(4)
        .describe('Variance of the Laplacian; a covered or unfocused lens gives less'),
    })
    .prefault({})
    .describe('Infra-red pictures outside these limits cause a warning (CAP-5)'),
  wedgedAfterS: z
    .number()
    .min(1)
    .default(10)
    .describe('A head that is busy with one frame for this long is restarted'),
});

export type SourceConfig = z.infer<typeof sourceSchema>;
export type HeadConfig = z.infer<typeof headSchema>;
