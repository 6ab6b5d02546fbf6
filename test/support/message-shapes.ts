import { sourceFiles } from './source-rooms.ts';

/** A message as the source writes it, with … for what is put in when the program runs. */
export interface MessageShape {
  /** Below `src/`. */
  file: string;
  shape: string;
}

/** Where a message begins: a Problem that is thrown, a problem of a part's health, a finding of doctor. */
const beginnings =
  /new (?:Temporary)?Problem\(|\b(?:problem|trouble|fault|silence|rival|setupProblem|refusedAcks) (?:\?\?)?=(?!=)|\b(?:problem|unavailable): (?=['`])|(?:found|tone|voice|about\([^)]*\))\s*\.(?:warning|failure)\(/g;

/** Functions of these files return the sentences of a health; the other files' functions return other text. */
export const filesOfSentences = [
  'hotlist/import-list.ts',
  'hotlist/list-age.ts',
  'uplink/connection-problem.ts',
  'vision/capture/source-feed.ts',
  'vision/capture/video-source.ts',
  'alerts/voice-output.ts',
  'records/bare-hits.ts',
  'records/shedding.ts',
  'records/disk-reserve.ts',
  'vision/capture/image-quality.ts',
  'vision/capture/rtsp-probe.ts',
  'alerts/player.ts',
  'console/https-files.ts',
];
const sentences = /\breturn (?=\(?\s*['"`])|\bdone\((?=\s*['`])|\bfrozen = |\? (?=`)/g;

/** Every message that the source has for an operator, except refusals, which are answers to one request. */
export function messageShapes(): MessageShape[] {
  return sourceFiles().flatMap(({ path: file, text }) => {
    const textsAfter = (pattern: RegExp) =>
      [...text.matchAll(pattern)].flatMap((match) =>
        alternatives(text, match.index + match[0].length),
      );
    // One that begins with a whole message, such as `unavailable`, is found where that is written.
    const messages = textsAfter(beginnings).filter(
      (shape) => /[a-z]{2}/i.test(shape) && !shape.startsWith('… ('),
    );
    const said = filesOfSentences.includes(file) ? textsAfter(sentences) : [];
    // A name or a state is no sentence.
    return [...messages, ...said.filter((shape) => /(?:\w+\W+){3}/.test(shape))].map((shape) => ({
      file,
      shape,
    }));
  });
}

/** The texts that an expression may be: its string literals joined, one text a branch of `? :`. */
export function alternatives(source: string, from: number): string[] {
  const found: string[] = [];
  let text = '';
  let depth = 0;
  for (let at = from; at < source.length; ) {
    const char = source[at] ?? '';
    if (char === "'" || char === '"' || char === '`') {
      const literal = literalAt(source, at);
      text += literal.shape;
      at = literal.end;
      continue;
    }
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) depth -= 1;
    if (depth < 0 || (depth === 0 && (char === ',' || char === ';'))) break;
    if (char === '?' && source[at + 1] !== '?' && source[at - 1] !== '?') text = '';
    if (char === ':') {
      found.push(text);
      text = '';
    }
    at += 1;
  }
  return [...found, text].filter((each) => each !== '');
}

/** A string literal with … for each value that is put in. */
function literalAt(source: string, from: number): { shape: string; end: number } {
  const quote = source[from];
  let shape = '';
  let at = from + 1;
  while (at < source.length && source[at] !== quote) {
    if (source[at] === '\\') {
      shape += source[at + 1] === 'n' ? ' ' : source[at + 1];
      at += 2;
    } else if (quote === '`' && source.startsWith('${', at)) {
      let depth = 1;
      for (at += 2; depth > 0 && at < source.length; at += 1) {
        if (source[at] === '{') depth += 1;
        if (source[at] === '}') depth -= 1;
      }
      shape += '…';
    } else {
      shape += source[at];
      at += 1;
    }
  }
  return { shape, end: at + 1 };
}

/** Whether a heading of the troubleshooting page is that of a message: its beginning, up to the end of a clause. */
export function isHeadingOf(heading: string, shape: string): boolean {
  const [begin, whole] = [bare(heading), bare(shape)];
  if (begin === '' || !whole.startsWith(begin)) return false;
  return /^[\s…]*([;:,.(/]|$)/.test(whole.slice(begin.length));
}

/** Without the names of files, devices and the like at its beginning; a host and its port are one. */
function bare(text: string): string {
  return text
    .replace(/…(?:[:/]?…)+/g, '…')
    .replace(/^[\s….:"]+/, '')
    .replace(/[\s….:(]+$/, '')
    .toLowerCase();
}

/** The whole source; a literal that goes on in the next line is one text. */
const wholeSource = sourceFiles()
  .map(({ text }) => text)
  .join('\n')
  .replace(/['`] \+\s*['`]/g, '');

/** The parts of a heading that the source nowhere has in a literal. */
export function strangeParts(heading: string): string[] {
  return heading
    .split('…')
    .map((part) => part.replace(/^[\s:"]+|[\s:"(]+$/g, ''))
    .filter((part) => part.length > 3 && !wholeSource.includes(part));
}
