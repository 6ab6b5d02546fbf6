import type { PreviewFrame, PreviewWish } from './preview-frame.ts';
import type { TestPlate, TestVerdict } from './test-plate.ts';

/** Somebody who looks at the small pictures of a head. */
export interface PreviewWatcher {
  /** Whether plates are left in the pictures. */
  isClear: boolean;
  show(frame: PreviewFrame): void;
}

/** Everybody who looks at the small pictures of one head. */
export interface PreviewWatch {
  /** Adds somebody, until the returned function is called. */
  watch(watcher: PreviewWatcher): () => void;
  /** Shows a frame to each of them, with the picture that is theirs and no other. */
  show(frame: PreviewFrame): void;
  /** Begins a test, which takes the place of another; null ends it. */
  test(plate: TestPlate | null): void;
  /** The last word of the head on its last test; null before the first. */
  readonly verdict: TestVerdict | null;
  /** What they want together; null if nobody looks and nothing is tested. */
  readonly wish: PreviewWish | null;
}

/** `tell` is called with what is wanted when that changes. */
export function createPreviewWatch(tell: (wish: PreviewWish | null) => void): PreviewWatch {
  const watchers = new Set<PreviewWatcher>();
  let test: TestPlate | null = null;
  let verdict: TestVerdict | null = null;
  let told = 'null';

  const wishNow = (): PreviewWish | null => {
    if (watchers.size === 0 && test === null) return null;
    const all = [...watchers];
    return {
      clear: all.some((each) => each.isClear),
      covered: all.some((each) => !each.isClear),
      test,
    };
  };
  const tellIfNew = (): void => {
    const wish = wishNow();
    const text = JSON.stringify(wish);
    if (text !== told) tell(wish);
    told = text;
  };

  return {
    watch(watcher) {
      watchers.add(watcher);
      tellIfNew();
      return () => {
        watchers.delete(watcher);
        tellIfNew();
      };
    },
    show(frame) {
      verdict = frame.test ?? verdict;
      for (const watcher of watchers) {
        const hidden = watcher.isClear ? { covered: null } : { clear: null };
        const colour = frame.colour && { ...frame.colour, ...hidden };
        const own = { ...hidden, colour };
        if (frame[watcher.isClear ? 'clear' : 'covered'] !== null) {
          watcher.show({ ...frame, ...own });
        }
      }
    },
    test(plate) {
      test = plate;
      tellIfNew();
    },
    get verdict() {
      return verdict;
    },
    get wish() {
      return wishNow();
    },
  };
}
