/** What the ear would say of a sound: which notes, from when to when, how loud. */
export interface Heard {
  /** Dominant pitch of each run of like-sounding moments, Hz, and its length. */
  notes: { hz: number; ms: number }[];
  durationMs: number;
  peak: number;
}

const rate = 48_000;
const windowSize = 960;

/** Analyses 48 kHz samples in moments of 20 ms; pitches are looked for from 400 to 2000 Hz in steps of 20. */
export function listen(samples: Int16Array): Heard {
  const notes: Heard['notes'] = [];
  let last = 0;
  let first = -1;
  let previous = 0;
  let peak = 0;
  for (let start = 0; start + windowSize <= samples.length; start += windowSize) {
    const window = samples.subarray(start, start + windowSize);
    const loudest = window.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
    peak = Math.max(peak, loudest);
    const hz = loudest < 200 ? 0 : pitchOf(window);
    if (hz !== 0) {
      if (first < 0) first = start;
      last = start + windowSize;
      const note = notes.at(-1);
      if (note !== undefined && Math.abs(previous - hz) <= 20) note.ms += 20;
      else notes.push({ hz, ms: 20 });
    }
    previous = hz;
  }
  return {
    notes: notes.filter(({ ms }) => ms >= 60),
    durationMs: ((last - Math.max(0, first)) / rate) * 1000,
    peak: peak / 32_768,
  };
}

/** The strongest frequency, by the Goertzel algorithm. */
function pitchOf(window: Int16Array): number {
  let best = 0;
  let strongest = 0;
  for (let hz = 400; hz <= 2000; hz += 20) {
    const turn = 2 * Math.cos((2 * Math.PI * hz) / rate);
    let [one, two] = [0, 0];
    for (const sample of window) [one, two] = [sample + turn * one - two, one];
    const power = one * one + two * two - turn * one * two;
    if (power > strongest) [best, strongest] = [hz, power];
  }
  return best;
}
