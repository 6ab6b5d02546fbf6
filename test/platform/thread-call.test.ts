import { describe, expect, it } from 'vitest';
import { codeOf, Problem, TemporaryProblem } from '../../src/platform/problem.ts';
import { createThread } from '../../src/platform/thread-call.ts';
import type { AnsweringHandlers } from './answering-thread.ts';

type Options = Partial<Parameters<typeof createThread>[1]>;
const openThread = (options: Options = {}) =>
  createThread<AnsweringHandlers>(new URL('./answering-thread.ts', import.meta.url), {
    ended: 'the thread has ended',
    ...options,
  });
const errorOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (output) => expect.unreachable(`it answered ${output}`),
    (error: unknown) => error,
  );

describe('an answer', () => {
  it('goes to the call that asked, also when a later one is answered first', async () => {
    await using thread = openThread({ workerData: 'set up' });
    const answers = [
      thread.call('later', 'a'),
      thread.call('upper', 'b'),
      thread.call('later', 'c'),
    ];
    expect(thread.waiting).toBe(3);
    expect(await Promise.race(answers)).toBe('B');
    expect(await Promise.all(answers)).toEqual(['a', 'B', 'c']);
    expect(thread.waiting).toBe(0);
    expect(await thread.call('thread', undefined)).toMatchObject({ data: 'set up' });
  });

  it('comes after the notes that the handler sent', async () => {
    const seen: unknown[] = [];
    await using thread = openThread({ onNote: (note: unknown) => seen.push(note) });
    seen.push(await thread.call('noted', 'one'));
    seen.push(await thread.call('noted', 'two'));
    expect(seen).toEqual([{ noted: 'one' }, 'one', { noted: 'two' }, 'two']);
  });

  it('takes over what is transferred', async () => {
    await using thread = openThread();
    const bytes = new Uint8Array(1000);
    expect(await thread.call('length', bytes, [bytes.buffer])).toBe(1000);
    expect(bytes.length).toBe(0);
  });
});

describe('an error', () => {
  it('keeps its class, message and code', async () => {
    await using thread = openThread();
    const problem = await errorOf(thread.call('problem', undefined));
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).not.toBeInstanceOf(TemporaryProblem);
    expect(String(problem)).toContain('the list is cut short; send it again');
    expect(await errorOf(thread.call('temporary', undefined))).toBeInstanceOf(TemporaryProblem);
    const noSpace = await errorOf(thread.call('noSpace', undefined));
    expect(noSpace).toBeInstanceOf(Error);
    expect(noSpace).not.toBeInstanceOf(Problem);
    expect([String(noSpace), codeOf(noSpace)]).toEqual(['Error: the disk is full', 'ENOSPC']);
    expect(await errorOf(thread.call('bare', undefined))).toEqual(new Error('a word'));
    expect(await thread.call('upper', 'still here')).toBe('STILL HERE');
  });

  it('is the answer to a question or an output that cannot be cloned', async () => {
    await using thread = openThread();
    expect(String(await errorOf(thread.call('uncloneable', undefined)))).toContain('cloned');
    const question = { toString: () => 'x' } as unknown as string;
    expect(String(await errorOf(thread.call('upper', question)))).toContain('cloned');
    expect(thread.waiting).toBe(0);
    expect(await thread.call('upper', 'still here')).toBe('STILL HERE');
  });
});

describe('a thread that ends', () => {
  it.each([
    ['exits without an answer', 'exit', /^Error: the thread has ended$/],
    ['throws outside of a handler', 'crash', /^Error: the thread has ended: a fault$/],
  ] as const)('and %s rejects every call that waits, and later ones', async (_, how, message) => {
    await using thread = openThread();
    const errors = await Promise.all([
      errorOf(thread.call('held', undefined)),
      errorOf(thread.call(how, 0)),
    ]);
    for (const error of errors) expect(String(error)).toMatch(message);
    expect(thread.waiting).toBe(0);
    expect(String(await errorOf(thread.call('upper', 'a')))).toMatch(message);
  });

  it('is followed by another where the options say so', async () => {
    await using thread = openThread({ restarts: true });
    const { id } = await thread.call('thread', undefined);
    expect(await errorOf(thread.call('crash', undefined))).toBeInstanceOf(Error);
    const next = await thread.call('thread', undefined);
    expect(next.id).not.toBe(id);
    // The exit of the first, which comes after its error, takes nothing from the second.
    expect(await thread.call('later', 'a')).toBe('a');
    expect((await thread.call('thread', undefined)).id).toBe(next.id);
  });

  it('that cannot start rejects its call', async () => {
    await using thread = createThread<AnsweringHandlers>(new URL('./missing.ts', import.meta.url), {
      ended: 'the thread has ended',
    });
    expect(String(await errorOf(thread.call('upper', 'a')))).toContain('missing.ts');
  });
});

describe('closing', () => {
  it('rejects the calls that wait, at once, and all later ones', async () => {
    const thread = openThread({ restarts: true });
    await thread.call('upper', 'a');
    const waiting = errorOf(thread.call('held', undefined));
    const closed = thread[Symbol.asyncDispose]();
    expect(String(await waiting)).toBe('Error: the thread has ended');
    await closed;
    expect(String(await errorOf(thread.call('upper', 'a')))).toBe('Error: the thread has ended');
    await thread[Symbol.asyncDispose]();
  });

  it('lets a thread that closes itself answer first', async () => {
    const thread = openThread({ closesItself: true });
    const waiting = thread.call('held', undefined);
    await Promise.all([thread[Symbol.asyncDispose](), thread[Symbol.asyncDispose]()]);
    expect(await waiting).toBe('let go');
    expect(await errorOf(thread.call('upper', 'a'))).toBeInstanceOf(Error);
  });

  it('of a thread that was never called does nothing', async () => {
    const thread = openThread({ closesItself: true });
    await thread[Symbol.asyncDispose]();
    expect(await errorOf(thread.call('upper', 'a'))).toBeInstanceOf(Error);
  });
});
