/**
 * Connectionist temporal classification (Graves et al., 2006): for each of a few steps across the plate, the recogniser
 * returns a probability for every character and for the blank. A text's probability is the sum over all its alignments,
 * where repeats merge unless a blank separates them.
 */
export interface StepProbabilities {
  /** `steps` × `classes`, row by row; class 0 is the blank. */
  values: Float32Array;
  steps: number;
  classes: number;
}

/** The best class of every step, repeats merged and blanks dropped: classes from 1. */
export function greedyClasses({ values, steps, classes }: StepProbabilities): number[] {
  const read: number[] = [];
  let previous = 0;
  for (let step = 0; step < steps; step++) {
    let best = 0;
    for (let k = 1; k < classes; k++) {
      if ((values[step * classes + k] as number) > (values[step * classes + best] as number)) {
        best = k;
      }
    }
    if (best !== 0 && best !== previous) read.push(best);
    previous = best;
  }
  return read;
}

/** Probability of exactly this text, over all its alignments (the forward algorithm). */
export function textProbability(probabilities: StepProbabilities, text: readonly number[]): number {
  const { values, steps, classes } = probabilities;
  const states = 2 * text.length + 1;
  let now = new Float64Array(states);
  let next = new Float64Array(states);
  const classAt = (state: number) => (state % 2 === 0 ? 0 : (text[state >> 1] as number));
  now[0] = values[0] ?? 0;
  if (states > 1) now[1] = values[classAt(1)] ?? 0;
  for (let step = 1; step < steps; step++) {
    const row = step * classes;
    for (let state = 0; state < states; state++) {
      let sum = now[state] as number;
      if (state > 0) sum += now[state - 1] as number;
      // A blank between two characters may be left out, unless they are the same.
      if (state % 2 === 1 && state > 1 && classAt(state) !== classAt(state - 2)) {
        sum += now[state - 2] as number;
      }
      next[state] = sum * (values[row + classAt(state)] as number);
    }
    [now, next] = [next, now];
  }
  return (now[states - 1] ?? 0) + (states > 1 ? (now[states - 2] as number) : 0);
}

/**
 * Confidence of each character of a text: on the most probable alignment, the character's highest probability over its
 * steps.
 */
export function characterProbabilities(
  probabilities: StepProbabilities,
  text: readonly number[],
): number[] {
  const { values, steps, classes } = probabilities;
  const states = 2 * text.length + 1;
  const classAt = (state: number) => (state % 2 === 0 ? 0 : (text[state >> 1] as number));
  const logAt = (step: number, state: number) =>
    Math.log(Math.max(1e-12, values[step * classes + classAt(state)] as number));
  let now = new Float64Array(states).fill(Number.NEGATIVE_INFINITY);
  let next = new Float64Array(states);
  const from = new Uint8Array(steps * states);
  now[0] = logAt(0, 0);
  if (states > 1) now[1] = logAt(0, 1);
  for (let step = 1; step < steps; step++) {
    for (let state = 0; state < states; state++) {
      let back = 0;
      let best = now[state] as number;
      if (state > 0 && (now[state - 1] as number) > best) {
        best = now[state - 1] as number;
        back = 1;
      }
      const mayJump = state % 2 === 1 && state > 1 && classAt(state) !== classAt(state - 2);
      if (mayJump && (now[state - 2] as number) > best) {
        best = now[state - 2] as number;
        back = 2;
      }
      from[step * states + state] = back;
      next[state] = best + logAt(step, state);
    }
    [now, next] = [next, now];
  }
  const sure = new Array<number>(text.length).fill(0);
  let state = states - 1;
  if (states > 1 && (now[states - 2] as number) > (now[states - 1] as number)) state = states - 2;
  for (let step = steps - 1; step >= 0; step--) {
    if (state % 2 === 1) {
      const p = values[step * classes + classAt(state)] as number;
      sure[state >> 1] = Math.max(sure[state >> 1] as number, p);
    }
    state -= from[step * states + state] as number;
  }
  return sure;
}

interface Beam {
  classes: number[];
  /** Probability of this text so far, ending in a blank and ending in its last character. */
  blank: number;
  character: number;
}

/** Classes less probable than this at a step are pruned: a text with one is too improbable to report (PRA-1). */
const least = 1e-3;

/**
 * Probable texts, best first, by prefix beam search (Hannun et al., 2014). The search prunes, so use `textProbability`
 * for the exact probabilities.
 */
export function likelyTexts(probabilities: StepProbabilities, width: number): number[][] {
  const { values, steps, classes } = probabilities;
  let beams: Beam[] = [{ classes: [], blank: 1, character: 0 }];
  for (let step = 0; step < steps; step++) {
    const row = step * classes;
    const blank = values[row] as number;
    const grown = new Map<string, Beam>();
    const at = (text: number[]): Beam => {
      const key = text.join();
      let beam = grown.get(key);
      if (!beam) {
        beam = { classes: text, blank: 0, character: 0 };
        grown.set(key, beam);
      }
      return beam;
    };
    const likely: number[] = [];
    for (let k = 1; k < classes; k++) if ((values[row + k] as number) > least) likely.push(k);
    if (likely.length === 0) {
      for (const beam of beams) {
        const last = beam.classes.at(-1);
        const repeated = last === undefined ? 0 : (values[row + last] as number);
        const total = beam.blank + beam.character;
        beam.blank = total * blank;
        beam.character *= repeated;
      }
      continue;
    }
    for (const beam of beams) {
      const total = beam.blank + beam.character;
      const last = beam.classes.at(-1);
      const same = at(beam.classes);
      same.blank += total * blank;
      if (last !== undefined) same.character += beam.character * (values[row + last] as number);
      for (const k of likely) {
        at([...beam.classes, k]).character +=
          (k === last ? beam.blank : total) * (values[row + k] as number);
      }
    }
    beams = [...grown.values()]
      .sort((a, b) => b.blank + b.character - a.blank - a.character)
      .slice(0, width);
  }
  return beams.map((beam) => beam.classes);
}
