/** What a key does; a value is a character or a code point of the standard's table of keys: `\uE007` is Enter. */
export type KeyAction = { type: 'keyDown' | 'keyUp'; value: string };
/** What a finger or the mouse does; x and y are CSS pixels from the page's top left, or from the middle of `origin`. */
export type PointerAction =
  | { type: 'pointerDown' | 'pointerUp'; button: number }
  | { type: 'pointerMove'; x: number; y: number; origin?: { type: 'element'; element: Remote } };

/** An element of a page. */
export interface Remote {
  sharedId: string;
}

/** A value of a page as it is sent. */
export interface RemoteValue {
  type: string;
  value?: unknown;
  sharedId?: string;
}

type ScriptResult =
  | { type: 'success'; result: RemoteValue }
  | { type: 'exception'; exceptionDetails: { text: string } };

/** The commands that tests give: parameters and result, as W3C WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/) words them. */
export interface Commands {
  'session.new': [{ capabilities: object }, { capabilities: { browserVersion: string } }];
  'session.subscribe': [{ events: string[] }, unknown];
  'browser.close': [object, unknown];
  'browser.createUserContext': [object, { userContext: string }];
  'browser.removeUserContext': [{ userContext: string }, unknown];
  'browser.setDownloadBehavior': [
    {
      downloadBehavior: { type: 'allowed'; destinationFolder: string };
      userContexts: string[];
    },
    unknown,
  ];
  'browsingContext.create': [{ type: 'tab' | 'window'; userContext: string }, { context: string }];
  'browsingContext.getTree': [
    { 'moz:scope'?: 'chrome'; maxDepth: number },
    { contexts: { context: string; url: string }[] },
  ];
  'browsingContext.close': [{ context: string }, unknown];
  'browsingContext.navigate': [{ context: string; url: string; wait: 'complete' }, unknown];
  'browsingContext.reload': [{ context: string; wait: 'complete' }, unknown];
  'browsingContext.traverseHistory': [{ context: string; delta: number }, unknown];
  'browsingContext.setViewport': [
    { context: string; viewport: { width: number; height: number } },
    unknown,
  ];
  'browsingContext.captureScreenshot': [{ context: string }, { data: string }];
  'script.callFunction': [
    {
      functionDeclaration: string;
      arguments: (Remote | { type: 'string'; value: string })[];
      target: { context: string };
      awaitPromise: true;
    },
    ScriptResult,
  ];
  'script.evaluate': [
    { expression: string; target: { context: string }; awaitPromise: true },
    ScriptResult,
  ];
  'input.performActions': [
    {
      context: string;
      actions: (
        | { type: 'key'; id: string; actions: KeyAction[] }
        | {
            type: 'pointer';
            id: string;
            parameters: { pointerType: 'mouse' };
            actions: PointerAction[];
          }
      )[];
    },
    unknown,
  ];
  'input.setFiles': [{ context: string; element: Remote; files: string[] }, unknown];
  'storage.setCookie': [
    {
      cookie: {
        name: string;
        value: { type: 'string'; value: string };
        domain: string;
        httpOnly: boolean;
        sameSite: 'strict';
      };
      partition: { type: 'storageKey'; userContext: string };
    },
    unknown,
  ];
}

/** What a browser tells unasked: the event's name and what comes with it. */
// biome-ignore lint/suspicious/noExplicitAny: each event has a shape of its own
export type OnEvent = (event: string, params: any) => void;

/** The remote end of a browser that is driven by WebDriver BiDi. */
export interface Bidi {
  send<Name extends keyof Commands>(
    method: Name,
    params: Commands[Name][0],
  ): Promise<Commands[Name][1]>;
  close(): void;
}

/** Connects to a browser that listens at `url` (`ws://127.0.0.1:9222`), and begins a session; a refused command throws. */
export async function connectBidi(url: string, onEvent: OnEvent): Promise<Bidi> {
  const socket = new WebSocket(`${url}/session`);
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let last = 0;
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data));
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.type === 'event') onEvent(message.method, message.params);
    else if (message.type === 'success') asked?.resolve(message.result);
    else asked?.reject(new Error(`${message.error}: ${message.message}`));
  });
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the browser is gone'));
    waiting.clear();
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error(`nothing answers at ${url}`)));
  });
  return {
    send(method, params) {
      last += 1;
      const asked = Promise.withResolvers<unknown>();
      waiting.set(last, asked);
      socket.send(JSON.stringify({ id: last, method, params }));
      return asked.promise as Promise<Commands[typeof method][1]>;
    },
    close: () => socket.close(),
  };
}

/** What a script gave, as a value of Node; what it threw is thrown. An element stays as it was sent. */
export function resultOf(answer: ScriptResult): unknown {
  if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text);
  return fromRemote(answer.result);
}

function fromRemote(remote: RemoteValue): unknown {
  const { type, value } = remote;
  if (type === 'array') return (value as RemoteValue[]).map(fromRemote);
  if (type === 'object') {
    const pairs = value as [string, RemoteValue][];
    return Object.fromEntries(pairs.map(([key, each]) => [key, fromRemote(each)]));
  }
  if (type === 'null') return null;
  return type === 'node' ? remote : value;
}
