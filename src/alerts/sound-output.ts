import type { AlertOutput } from './alert.ts';
import { rankOf } from './classify.ts';
import type { Player, Sound } from './player.ts';
import { renderTone, type ToneName } from './tone.ts';
import { durationMsOf } from './wav.ts';

/** Most alerts whose last tone is remembered, to decide whether an amendment needs another. */
const maxRemembered = 200;

/** A real alert stops a test. */
const testPriority = -0.5;

/** A tone is played before speech of its own class, and after speech of a more urgent one. */
const toneFirst = 0.5;

/** The audible alert: a tone by class, and another one when it is withdrawn (ALT-1, ALT-6, PRA-5). */
export function createSoundOutput(deps: { enabled: boolean; player: Player }): AlertOutput {
  const { enabled, player } = deps;
  const tones = new Map<ToneName, Sound>();
  const sounded = new Map<string, string>();

  const toneFor = (name: ToneName, priority: number): Sound => {
    const known = tones.get(name);
    const wav = known?.wav ?? renderTone(name);
    const tone = { name, wav, durationMs: durationMsOf(wav), priority, isRepeated: true };
    tones.set(name, tone);
    return tone;
  };

  return {
    name: 'sound',
    async start() {
      if (!enabled) return;
      for (const name of [
        'urgent',
        'standard',
        'near',
        'informational',
        'verified',
        'withdrawn',
      ] as const) {
        toneFor(name, 0);
      }
      await player.start();
    },
    async present(event, alert) {
      if (!enabled) return;
      const { detectionId } = alert.hit;
      const priority = rankOf(alert.class) + toneFirst;
      if (event === 'withdrawn') {
        sounded.delete(detectionId);
        return player.play(toneFor('withdrawn', priority));
      }
      const what = `${alert.class} ${alert.hit.match.list.id} ${alert.hit.match.entry.id}`;
      const isSame = event === 'amended' && sounded.get(detectionId) === what;
      remember(sounded, detectionId, what);
      if (!isSame) await player.play(toneFor(alert.class, priority));
    },
    async answer(answer, alert) {
      if (!enabled) return;
      const tone = answer === 'verified' ? 'verified' : 'withdrawn';
      await player.play(toneFor(tone, rankOf(alert.class) + toneFirst));
    },
    async repeat(alert) {
      if (enabled) await player.play(toneFor(alert.class, rankOf(alert.class) + toneFirst));
    },
    async test() {
      if (!enabled) return;
      for (const name of ['informational', 'near', 'standard', 'urgent'] as const) {
        await player.play({ ...toneFor(name, testPriority), isRepeated: false });
      }
    },
    health: () => (enabled ? player.health() : { state: 'off', problem: null }),
    [Symbol.asyncDispose]: () => player[Symbol.asyncDispose](),
  };
}

function remember(sounded: Map<string, string>, detectionId: string, what: string): void {
  sounded.delete(detectionId);
  sounded.set(detectionId, what);
  for (const oldest of sounded.keys()) {
    if (sounded.size <= maxRemembered) break;
    sounded.delete(oldest);
  }
}
