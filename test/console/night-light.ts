import sharp from 'sharp';

/** What a screen sends out, by its picture, of its pixels' relative luminance (WCAG): the share above 0.4, and the mean. */
export async function lightOf(picture: Buffer): Promise<{ bright: number; mean: number }> {
  const { data } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let [bright, sum] = [0, 0];
  for (let at = 0; at < data.length; at += 3) {
    const light =
      0.2126 * linear(data[at]) + 0.7152 * linear(data[at + 1]) + 0.0722 * linear(data[at + 2]);
    sum += light;
    if (light > 0.4) bright += 1;
  }
  const pixels = data.length / 3;
  return { bright: bright / pixels, mean: sum / pixels };
}

const levels = Array.from({ length: 256 }, (_, level) => {
  const part = level / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
});
const linear = (level = 0): number => levels[level] ?? 0;
