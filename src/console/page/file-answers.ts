import {
  type AnyDefinition,
  type InputOf,
  noAnswer,
  queried,
  refusalOf,
  requestOf,
  type StatedPurpose,
  send,
} from './api.ts';

/** A file that an operation answered with. */
export interface AnsweredFile {
  name: string;
  content: Blob;
}

/** A file comes over any link, as long as something of it comes within this time, ms. */
const patienceMs = 30_000;

/** Performs an operation that answers with a file. Throws Refused with the unit's sentence, or where not all of it came. */
export async function performForFile<D extends AnyDefinition>(
  name: string,
  input: InputOf<D>,
  inquiry?: StatedPurpose,
): Promise<AnsweredFile> {
  const { method, path, rest } = await requestOf(name, input);
  const isLook = method === 'GET';
  const address = isLook ? await queried(path, rest, inquiry) : path;
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), patienceMs);
  try {
    const body = isLook ? undefined : { input: rest, inquiry };
    const response = await send(method, address, body, silence.signal);
    if (!response.ok) throw await refusalOf(response);
    const content = await wholeOf(response, () => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), patienceMs);
    });
    const disposition = response.headers.get('content-disposition') ?? '';
    const [, fileName = 'lookout'] = /filename="([^"]+)"/.exec(disposition) ?? [];
    return { name: fileName, content };
  } finally {
    clearTimeout(timer);
  }
}

/** The content of an answer. `onPart`: called with each part that comes. */
async function wholeOf({ body, headers }: Response, onPart: () => void): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = body?.getReader();
  try {
    for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
      onPart();
      parts.push(part.value);
    }
  } catch {
    throw noAnswer(
      'The link broke before all of the file had come, and nothing of it was saved. Ask for it again.',
    );
  }
  return new Blob(parts, { type: headers.get('content-type') ?? '' });
}
