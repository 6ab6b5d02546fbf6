import { z } from 'zod';

/** `uplink`: the MQTT link to headquarters. */
export const uplinkSection = z.strictObject({
  enabled: z.boolean().default(true),
  broker: z
    .string()
    .regex(/^(mqtts?|wss?):\/\/[^/]+/, 'use mqtts://host:8883 (mqtt:// only on loopback)')
    .default('mqtts://127.0.0.1:8883'),
  protocol: z
    .enum(['auto', '5', '3.1.1'])
    .default('auto')
    .describe('auto: MQTT 5, and 3.1.1 where the broker refuses it'),
  tls: z
    .strictObject({
      ca: z.string().min(1).optional().describe('PEM file of the authority that signed the broker'),
      cert: z.string().min(1).optional().describe("PEM file of this unit's certificate"),
      key: z.string().min(1).optional().describe("PEM file of this unit's key"),
    })
    .prefault({}),
  keepAliveS: z.int().min(5).max(3600).default(30),
  sessionExpiryS: z.int().min(0).default(604_800),
  willDelayS: z.int().min(0).default(60).describe('Rides through tunnels before "offline" is told'),
  inFlight: z.int().min(1).max(1000).default(64).describe('Messages that wait for acknowledgement'),
  resendAfterS: z
    .number()
    .min(1)
    .default(20)
    .describe('No acknowledgement from headquarters for this long: sent again'),
  reconnectMaxS: z.number().min(1).default(30),
  images: z.enum(['all', 'hits', 'none']).default('all').describe('Which images are sent'),
});

export type UplinkConfig = z.infer<typeof uplinkSection>;
