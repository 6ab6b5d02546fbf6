/**
 * A module of the page without comments and blanks and with short names inside: a car loads half the bytes. The text as it
 * is where the program for that does not run on this processor, or does not take the module.
 */
export async function slimScript(name: string, source: string): Promise<string> {
  try {
    const { minify } = await import('oxc-minify');
    const { code, errors } = await minify(name, source, { module: true });
    return errors.length === 0 ? code : source;
  } catch {
    return source;
  }
}
