import { noAnswer, Refused, refusalOf } from './api.ts';

/**
 * Asks for what comes line by line, each a JSON object, until the unit ends it or `signal` is aborted. Throws Refused with
 * the unit's sentence, or with status 0 when the connection is lost.
 */
export async function askForLines<Line>(
  path: string,
  body: unknown,
  options: { signal: AbortSignal; onLine: (line: Line) => void },
): Promise<void> {
  const { signal, onLine } = options;
  const headers = { 'x-lookout': 'page', 'content-type': 'application/json' };
  try {
    const asked = { method: 'POST', headers, body: JSON.stringify(body), signal };
    const response = await fetch(path, asked);
    if (!response.ok || response.body === null) throw await refusalOf(response);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const lines = (text + part.value).split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) if (line !== '') onLine(JSON.parse(line) as Line);
    }
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof Refused) throw error;
    throw noAnswer('The connection to Lookout was lost.');
  }
}
