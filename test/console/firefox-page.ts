import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { waitFor } from '../support/wait-for.ts';
import type { AnyLocator, AnyPage, RoleOptions } from './any-page.ts';
import { type Bidi, type PointerAction, type Remote, resultOf } from './bidi.ts';
import { finder, type Step, soughtOf } from './firefox-finder.ts';

/** Keys that are no characters, as the standard names them. */
const keyCodes: Readonly<Record<string, string>> = { Enter: '\uE007', Delete: '\uE017' };

/** As long as Playwright's, ms. */
const patienceMs = 30_000;

/** A page of Firefox. */
export interface FirefoxPage extends AnyPage {
  /** The browsing context. */
  readonly context: string;
  /** Goes through the history: -1 is back. */
  travel(delta: number): Promise<void>;
  close(): Promise<void>;
  keyboard: { press(key: string): Promise<void> };
  /** Presses the mouse at the first of these points, goes through the others, and lets go at the last; CSS pixels of the page. */
  pull(...points: (readonly [number, number])[]): Promise<void>;
}

const down: PointerAction = { type: 'pointerDown', button: 0 };
const up: PointerAction = { type: 'pointerUp', button: 0 };

type Asked = 'count' | 'texts' | 'values' | 'shown' | 'element' | 'ready';

/** A page in a browsing context of Firefox. */
export function firefoxPage(bidi: Bidi, context: string): FirefoxPage {
  const target = { context };
  const evaluate = async <T>(expression: string): Promise<T> =>
    resultOf(await bidi.send('script.evaluate', { expression, target, awaitPromise: true })) as T;
  const call = async (functionDeclaration: string, ...args: (Remote | string)[]) =>
    resultOf(
      await bidi.send('script.callFunction', {
        functionDeclaration,
        arguments: args.map((value) =>
          typeof value === 'string' ? { type: 'string', value } : { sharedId: value.sharedId },
        ),
        target,
        awaitPromise: true,
      }),
    );
  const look = async (steps: readonly Step[], asked: Asked): Promise<unknown> => {
    if (!(await evaluate<boolean>("typeof axe === 'object'"))) await evaluate(axe.source);
    return call(finder, JSON.stringify(steps), asked);
  };
  const press = (values: readonly string[]) =>
    bidi.send('input.performActions', {
      context,
      actions: [
        {
          ...{ type: 'key', id: 'keyboard' },
          actions: values.flatMap((value) => [
            { type: 'keyDown' as const, value },
            { type: 'keyUp' as const, value },
          ]),
        },
      ],
    });
  const point = (actions: PointerAction[]) =>
    bidi.send('input.performActions', {
      context,
      actions: [{ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions }],
    });

  const locatorOf = (steps: readonly Step[]): AnyLocator => {
    const more = (...next: Step[]) => locatorOf([...steps, ...next]);
    /** The one element once it is there, shown, enabled, at rest and uncovered. */
    const element = async (asked: 'element' | 'ready', timeoutMs = patienceMs): Promise<Remote> => {
      let why: unknown;
      const found = await waitFor(
        async () => {
          // The page may be on its way to another address.
          why = await look(steps, asked).catch((error: unknown) => String(error));
          return typeof why === 'string' ? null : (why as Remote);
        },
        { timeoutMs },
      ).catch(() => null);
      if (found === null) throw new Error(`${JSON.stringify(steps)}: ${why}`);
      return found;
    };
    const each = async <T>(asked: Asked): Promise<T[]> => (await look(steps, asked)) as T[];
    const one = async <T>(asked: Asked): Promise<T> => {
      await element('element');
      const [value] = await each<T>(asked);
      return value as T;
    };
    return {
      ...lookFrom(more),
      first: () => more({ nth: 0 }),
      nth: (nth) => more({ nth }),
      filter: ({ hasText }) => more({ hasText: soughtOf(hasText) }),
      async click({ timeout } = {}) {
        const { sharedId } = await element('ready', timeout);
        const origin = { type: 'element', element: { sharedId } } as const;
        await point([{ type: 'pointerMove', x: 0, y: 0, origin }, down, up]);
      },
      async fill(value) {
        await call('(field) => (field.focus(), field.select())', await element('ready'));
        await press(
          value === ''
            ? [keyCodes.Delete ?? '']
            : [...value.replaceAll('\n', keyCodes.Enter ?? '')],
        );
      },
      async setInputFiles({ name, buffer }) {
        const file = join(temporaryFolder(), name);
        writeFileSync(file, buffer);
        const { sharedId } = await element('element');
        await bidi.send('input.setFiles', { context, element: { sharedId }, files: [file] });
      },
      async waitFor({ state = 'visible', timeout = patienceMs } = {}) {
        let shown: boolean[] = [];
        const isSo = () =>
          state === 'detached' ? shown.length === 0 : shown.length === 1 && shown[0];
        await waitFor(
          async () => {
            shown = await each<boolean>('shown').catch(() => shown);
            return isSo();
          },
          { timeoutMs: timeout, what: `${JSON.stringify(steps)} to be ${state}` },
        );
      },
      isVisible: async () => (await each<boolean>('shown'))[0] === true,
      count: async () => (await look(steps, 'count')) as number,
      textContent: () => one<string>('texts'),
      inputValue: () => one<string>('values'),
    };
  };

  return {
    ...lookFrom((...steps) => locatorOf(steps)),
    ...{ context, evaluate },
    goto: (url) => bidi.send('browsingContext.navigate', { context, url, wait: 'complete' }),
    reload: () => bidi.send('browsingContext.reload', { context, wait: 'complete' }),
    async travel(delta) {
      await bidi.send('browsingContext.traverseHistory', { context, delta });
    },
    async close() {
      await bidi.send('browsingContext.close', { context });
    },
    async setViewportSize(viewport) {
      await bidi.send('browsingContext.setViewport', { context, viewport });
      await waitFor(() => evaluate<boolean>(`innerWidth === ${viewport.width}`));
    },
    async screenshot() {
      const { data } = await bidi.send('browsingContext.captureScreenshot', { context });
      return Buffer.from(data, 'base64');
    },
    keyboard: {
      async press(key) {
        await press([keyCodes[key] ?? key]);
      },
    },
    async pull(...points) {
      const moves = points.map(([x, y]): PointerAction => {
        return { type: 'pointerMove', x: Math.round(x), y: Math.round(y) };
      });
      await point([...moves.slice(0, 1), down, ...moves.slice(1), up]);
    },
  };
}

/** The ways to look for something from a page, or from something on it. */
function lookFrom(more: (...steps: Step[]) => AnyLocator) {
  return {
    locator: (css: string, { hasText }: { hasText?: string | RegExp } = {}) =>
      more({ css }, ...(hasText === undefined ? [] : [{ hasText: soughtOf(hasText) }])),
    getByRole: (role: string, { name, exact, expanded }: RoleOptions = {}) =>
      more({
        role,
        ...(name === undefined ? {} : { name: soughtOf(name, exact) }),
        ...(expanded === undefined ? {} : { expanded }),
      }),
    getByLabel: (text: string | RegExp, { exact }: { exact?: boolean } = {}) =>
      more({ label: soughtOf(text, exact) }),
    getByText: (text: string | RegExp, { exact }: { exact?: boolean } = {}) =>
      more({ text: soughtOf(text, exact) }),
  };
}
