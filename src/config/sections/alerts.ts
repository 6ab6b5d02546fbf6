import { z } from 'zod';

/** `alerts`: how a hit is sounded and shown (ALT-1 to ALT-7). */
export const alertsSection = z.strictObject({
  banner: z
    .string()
    .trim()
    .min(1, 'the line cannot be empty (ALT-5)')
    .default(
      'Not a basis for a stop. Verify plate, state and vehicle, and confirm the status first.',
    ),
  sound: z
    .strictObject({
      enabled: z.boolean().default(true),
      device: z.string().min(1).default('default').describe('ALSA device, as for aplay -D'),
      repeatEveryS: z
        .int()
        .min(5)
        .max(60)
        .default(10)
        .describe('An urgent alert that nobody has seen sounds again after this time'),
      repeats: z.int().min(0).max(10).default(3).describe('How often it sounds again at most'),
    })
    .prefault({}),
  voice: z
    .strictObject({
      enabled: z.boolean().default(false).describe('Speak the plate and the reason (espeak-ng)'),
      says: z
        .enum(['plate', 'class'])
        .default('plate')
        .describe(
          'Plate, reason and vehicle; or how urgent an alert is and no more, where people who may not know hear the voice',
        ),
      voice: z.string().min(1).default('en-us'),
      wordsPerMinute: z.int().min(80).max(450).default(170),
      spelling: z
        .enum(['letters', 'apco', 'icao'])
        .default('letters')
        .describe(
          'Letters of a plate as they are, as police radio says them (Adam, Boy) or as aviation does (Alfa, Bravo)',
        ),
    })
    .prefault({}),
});
