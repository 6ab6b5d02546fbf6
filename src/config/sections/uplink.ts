import { z } from 'zod';

/** `uplink`: the MQTT link to headquarters. */
export const uplinkSection = z
  .strictObject({
    enabled: z.boolean().default(true),
    broker: z
      .string()
      .regex(/^(mqtts?|wss?):\/\/[^/]+/, {
        abort: true,
        error: 'use mqtts://host:8883 (mqtt:// only on loopback)',
      })
      .refine((broker) => URL.canParse(broker), {
        abort: true,
        error: 'is not an address; use mqtts://host:8883',
      })
      .default('mqtts://127.0.0.1:8883'),
    protocol: z
      .enum(['auto', '5', '3.1.1'])
      .default('auto')
      .describe('auto: MQTT 5, or 3.1.1 if the broker refuses it'),
    tls: z
      .strictObject({
        ca: z
          .string()
          .min(1)
          .optional()
          .describe("PEM file of the authority that signed the broker's certificate"),
        cert: z.string().min(1).optional().describe("PEM file of this unit's certificate"),
        key: z.string().min(1).optional().describe("PEM file of this unit's key"),
      })
      .refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
        message: 'give both cert and key, or neither',
      })
      .prefault({}),
    agency: z
      .strictObject({
        key: z
          .string()
          .min(1)
          .optional()
          .describe(
            "PEM file of headquarters' public keys (Ed25519). With it the unit takes the hot plates and accounts of the whole agency, and its own reach all units",
          ),
        secret: z
          .string()
          .min(1)
          .optional()
          .describe(
            "File of the agency's secret, the same on each unit and unknown to headquarters. It seals passwords and second factors on their way from unit to unit; without it they do not travel",
          ),
      })
      .refine(({ key, secret }) => secret === undefined || key !== undefined, {
        path: ['secret'],
        message: 'needs key as well',
      })
      .prefault({}),
    keepAliveS: z.int().min(5).max(3600).default(30),
    sessionExpiryS: z
      .int()
      .min(0)
      .max(0xffffffff)
      .default(604_800)
      .describe('How long the broker keeps messages for this unit (MQTT 5)'),
    willDelayS: z
      .int()
      .min(0)
      .default(60)
      .describe(
        'Delay before the broker announces "offline", so that a tunnel is not an outage (MQTT 5)',
      ),
    inFlight: z
      .int()
      .min(1)
      .max(1000)
      .default(64)
      .describe('Messages that may wait for acknowledgement at a time'),
    resendAfterS: z
      .number()
      .min(1)
      .default(20)
      .describe(
        'A message that headquarters has not acknowledged for this long is sent again; doubles with each try',
      ),
    reconnectMaxS: z.number().min(1).default(30).describe('Longest wait before reconnecting'),
    images: z.enum(['all', 'hits', 'none']).default('all').describe('Which images are sent'),
  })
  .refine(({ enabled, broker }) => !enabled || isEncrypted(broker) || isLoopback(broker), {
    path: ['broker'],
    message:
      'mqtt:// and ws:// are not encrypted and only allowed on this machine itself; use mqtts:// or wss://',
  });

export type UplinkConfig = z.infer<typeof uplinkSection>;

function isEncrypted(broker: string): boolean {
  return /^(mqtts|wss):/.test(broker);
}

function isLoopback(broker: string): boolean {
  if (!URL.canParse(broker)) return false;
  const { hostname } = new URL(broker);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
