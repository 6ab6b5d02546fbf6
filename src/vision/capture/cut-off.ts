import { cv, type Mat } from './opencv.ts';

/** Rows that are looked at: a JPEG is made of blocks of at least eight rows. */
const rows = 8;
/**
 * How far above the end: some cameras leave out the end marker alone, and of their whole pictures OpenCV loses the last
 * row of blocks.
 */
const aboveEnd = 24;
/** What a JPEG's missing blocks become where an end marker follows. */
const missing = 128;

/**
 * Whether the end of a picture is missing: a camera's JPEG that was cut off on its way. OpenCV decodes it all the same and
 * makes up what is below: grey where an end marker follows, else the last row again and again. OpenCV 4.10 leaves there
 * what its memory held, mostly the picture before, which nothing tells from a whole picture. No sensor gives eight rows
 * without a difference; those of a test picture with upright bars are the same at the top as well.
 */
export function isCutOff(mat: Mat): boolean {
  if (mat.rows < 8 * rows) return false;
  const end = areSame(mat, mat.rows - aboveEnd - rows);
  if (end === null) return false;
  return end === 'grey' || (end === 'rows' && areSame(mat, 0) !== 'rows');
}

/** What eight rows have in common: `grey` all of them, `rows` each the same though its pixels differ; else null. */
function areSame(mat: Mat, top: number): 'grey' | 'rows' | null {
  const region = mat.getRegion(new cv.Rect(0, top, mat.cols, rows));
  const copy = region.copy();
  const data = copy.getData();
  copy.release();
  region.release();
  const size = data.length / rows;
  const first = data.subarray(0, size);
  for (let row = 1; row < rows; row += 1) {
    if (first.compare(data, row * size, (row + 1) * size) !== 0) return null;
  }
  if (first.every((value) => value === missing)) return 'grey';
  // Black rows at night are all the same, and whole.
  return first.some((value) => value !== first[0]) ? 'rows' : null;
}
