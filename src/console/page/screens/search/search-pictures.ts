import { html, nothing, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import type { openImages } from '../../../../accountability/search/operations.ts';
import type { FoundDetection } from '../../../../accountability/search/results.ts';
import type { LostPicture } from '../../../../records/stored-picture.ts';
import { lookFor } from '../../purpose.ts';
import { readPlateWords } from '../../read-words.ts';

/** As many as the unit opens with one look. */
const mostPictures = 12;
/** That of the plate says most where a dozen are seen at once. */
const order = ['plate', 'ir', 'overview'] as const;

/** What was opened, by its read: it goes with the result of the search. A text: why it cannot be shown. */
const opened = new WeakMap<FoundDetection, ImageBitmap | LostPicture>();

const lostWords: Record<LostPicture, string> = {
  gone: 'its picture is no longer here',
  damaged: 'its picture is damaged',
};

export const hasPictures = (reads: readonly FoundDetection[]): boolean =>
  reads.some((read) => opened.has(read));

/** The next reads, in the order of the list, whose pictures may be opened together. */
export const readsToOpen = (reads: readonly FoundDetection[]): FoundDetection[] =>
  reads.filter((read) => imageOf(read) !== undefined && !opened.has(read)).slice(0, mostPictures);

/** Opens a picture of each of them, as one look. */
export async function openPictures(reads: readonly FoundDetection[]): Promise<void> {
  const wanted = new Map(reads.map((read) => [imageOf(read) ?? '', read]));
  const { images } = await lookFor<typeof openImages>('images.batch', { ids: [...wanted.keys()] });
  for (const { id, jpeg, lost } of images) {
    const read = wanted.get(id);
    if (read !== undefined) opened.set(read, lost ?? (await bitmapOf(jpeg)));
  }
}

/** The picture of a read in a line of the list. */
export function readPicture(read: FoundDetection): TemplateResult | typeof nothing {
  const bitmap = opened.get(read);
  if (bitmap === undefined) return nothing;
  if (typeof bitmap === 'string') {
    return html`<small class="quiet-words">${lostWords[bitmap]}</small>`;
  }
  const words = `Picture of ${readPlateWords(read)}`;
  return html`<canvas class="list-picture" role="img" aria-label=${words} ${shown(bitmap)}></canvas>`;
}

const drawn = new WeakMap<Element, ImageBitmap>();

const shown = (bitmap: ImageBitmap) =>
  ref((canvas) => {
    if (!(canvas instanceof HTMLCanvasElement) || drawn.get(canvas) === bitmap) return;
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    drawn.set(canvas, bitmap);
  });

function imageOf({ images }: FoundDetection): string | undefined {
  const kinds = order.map((wanted) => images.find(({ kind }) => kind === wanted)?.id);
  return kinds.find((id) => id !== undefined);
}

/** A picture is drawn on a canvas: one whose address is made of its bytes would need a wider policy on content. */
function bitmapOf(base64: string): Promise<ImageBitmap | LostPicture> {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return createImageBitmap(new Blob([bytes], { type: 'image/jpeg' })).catch(() => 'damaged');
}
