import { describe, expect, test } from 'vitest';
import { type Part, startParts } from '../../src/daemon/parts.ts';
import { createLog } from '../../src/platform/log.ts';

const log = createLog({ level: 'silent' });

/** A table that writes down what happens to its parts; `starts` are parts whose start is another than "at once". */
function tableOf(names: string[], starts: Record<string, Part['start']> = {}) {
  const seen: string[] = [];
  const table = names.map((name) => ({
    name,
    start(signal: AbortSignal) {
      seen.push(`+${name}`);
      return starts[name]?.(signal);
    },
    stop: () => void seen.push(`-${name}`),
  }));
  return { table, seen };
}

async function startAndStop(table: Part[], signal: AbortSignal): Promise<unknown> {
  const running = new AsyncDisposableStack();
  const error = await startParts(table, running, signal, log).catch((reason: unknown) => reason);
  await running.disposeAsync();
  return error;
}

describe('the table of parts', () => {
  const { signal } = new AbortController();

  test('starts in order, one after the other, and stops in reverse', async () => {
    const slow = Promise.withResolvers<void>();
    const { table, seen } = tableOf(['a', 'b', 'c'], { b: () => slow.promise });
    const ended = startAndStop(table, signal);
    await Promise.resolve();
    await Promise.resolve();
    expect(seen).not.toContain('+c');
    slow.resolve();
    expect(await ended).toBeUndefined();
    expect(seen).toEqual(['+a', '+b', '+c', '-c', '-b', '-a']);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('broken');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])(
    'a part whose start %s is taken down with those before it, and none comes after it',
    async (_, start) => {
      const { table, seen } = tableOf(['a', 'b', 'c'], { b: start });
      expect(await startAndStop(table, signal)).toEqual(new Error('broken'));
      expect(seen).toEqual(['+a', '+b', '-b', '-a']);
    },
  );

  test.each([
    ['while it hangs', (abort: () => void) => queueMicrotask(abort)],
    ['before it hangs', (abort: () => void) => abort()],
  ])(
    'a part that never comes up is not waited for when the stop is asked for %s',
    async (_, when) => {
      const stopping = new AbortController();
      const reason = new Error('stop');
      const { table, seen } = tableOf(['a', 'b', 'c'], {
        b() {
          when(() => stopping.abort(reason));
          return new Promise(() => undefined);
        },
      });
      expect(await startAndStop(table, stopping.signal)).toBe(reason);
      expect(seen).toEqual(['+a', '+b', '-b', '-a']);
    },
  );

  test('nothing starts once the stop is asked for', async () => {
    const { table, seen } = tableOf(['a']);
    expect(await startAndStop(table, AbortSignal.abort('SIGTERM'))).toBe('SIGTERM');
    expect(seen).toEqual([]);
  });
});
