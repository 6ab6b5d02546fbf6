/** A result that begins below this part of the screen is brought up. */
const lowest = 0.55;

/**
 * Brings the answer to what was asked into sight once it is drawn, where it came at the foot of the screen or below it: else
 * nothing seems to have happened. What was asked stays above it.
 */
export function showResult(): void {
  queueMicrotask(() => {
    const result = document.getElementById('result');
    if (result === null) return;
    if (result.getBoundingClientRect().top > lowest * innerHeight) {
      result.scrollIntoView({ block: 'start' });
    }
  });
}
