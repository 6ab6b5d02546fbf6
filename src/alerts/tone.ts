import type { AlertClass } from './alert.ts';
import { encodeWav } from './wav.ts';

/** The tones: one per class, and one for each later event of an alert. */
export type ToneName = AlertClass | 'verified' | 'withdrawn';

/** A note: one pitch, or silence at 0 Hz. */
interface Note {
  hz: number;
  ms: number;
}

interface Tone {
  notes: readonly Note[];
  /** Peak of the loudest sample, below full scale. */
  peakDb: number;
  /** How fast a note fades, in seconds to a third; short is a pluck, long a horn. */
  decayS: number;
}

const sampleRate = 48_000;

/** Notes in a row, all of the same length. */
const run = (hz: readonly number[], ms: number): Note[] => hz.map((pitch) => ({ hz: pitch, ms }));
const rest = (ms: number): Note => ({ hz: 0, ms });

/**
 * Between 440 and 1600 Hz the ear is sensitive, road noise is low and small speakers are still loud; overtones keep a
 * note audible when noise covers one band. The classes differ in contour, length and loudness, so that an
 * untrained ear can distinguish them: urgent is quick and rising, three times; standard is two notes, twice; near is a
 * soft pair; informational is a single low bell; verified is a rising chord; withdrawn is falling steps.
 */
const tones: Record<ToneName, Tone> = {
  urgent: {
    notes: [0, 1, 2].flatMap(() => [...run([880, 1175, 1568, 1175, 1568], 95), rest(130)]),
    peakDb: -2,
    decayS: 0.4,
  },
  standard: {
    notes: [...run([784, 1047], 190), rest(130), ...run([784, 1047], 190), rest(60)],
    peakDb: -4,
    decayS: 0.22,
  },
  near: { notes: [...run([698, 622], 210), rest(40)], peakDb: -11, decayS: 0.16 },
  informational: { notes: [...run([523], 420), rest(40)], peakDb: -15, decayS: 0.14 },
  verified: { notes: run([523, 659, 784, 1047], 150), peakDb: -5, decayS: 0.3 },
  withdrawn: { notes: [...run([740, 587, 440], 170), rest(40)], peakDb: -10, decayS: 0.2 },
};

/** Strength of the fundamental and its overtones. */
const partials = [1, 0.42, 0.22, 0.08];

/** Attack and release of a note, so that it does not start or end with a click. */
const rampMs = 6;

/** The tone as a WAV file: 16 bits, 48 kHz, one channel. */
export function renderTone(name: ToneName): Buffer {
  const { notes, peakDb, decayS } = tones[name];
  const lengths = notes.map(({ ms }) => Math.round((ms / 1000) * sampleRate));
  const wave = new Float64Array(lengths.reduce((sum, length) => sum + length, 0));
  let start = 0;
  notes.forEach(({ hz }, index) => {
    const length = lengths[index] ?? 0;
    if (hz > 0) addNote(wave.subarray(start, start + length), hz, decayS);
    start += length;
  });
  let loudest = 0;
  for (const sample of wave) loudest = Math.max(loudest, Math.abs(sample));
  const gain = (10 ** (peakDb / 20) * 32_767) / loudest;
  const samples = Int16Array.from(wave, (sample) => Math.round(sample * gain));
  return encodeWav(samples, sampleRate);
}

function addNote(wave: Float64Array, hz: number, decayS: number): void {
  const ramp = (rampMs / 1000) * sampleRate;
  for (let i = 0; i < wave.length; i += 1) {
    const t = i / sampleRate;
    const edge = Math.min(1, i / ramp, (wave.length - 1 - i) / ramp);
    let sample = 0;
    partials.forEach((strength, overtone) => {
      // Overtones fade sooner, as on a struck bell.
      const fade = Math.exp((-t * (1 + 0.6 * overtone)) / decayS);
      sample += strength * fade * Math.sin(2 * Math.PI * hz * (overtone + 1) * t);
    });
    wave[i] = sample * edge;
  }
}
