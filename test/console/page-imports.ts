/** Modules of the page and all that they import before they run, by path; `import('…')` loads later. `url`: the unit's. */
export async function importsOf(
  url: string,
  ...modules: readonly string[]
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const take = async (address: URL): Promise<void> => {
    if (found.has(address.pathname)) return;
    found.set(address.pathname, '');
    const text = await (await fetch(address)).text();
    found.set(address.pathname, text);
    for (const [, , name = ''] of text.matchAll(/(?:from|import)\s*(["'])([^"'\n]+)\1/g)) {
      const at = name.startsWith('.') ? name : name.replace(/^lit-html$/, 'lit-html/lit-html.js');
      await take(new URL(at, name.startsWith('.') ? address : new URL('/page/', url)));
    }
  };
  for (const each of modules) await take(new URL(each, url));
  return found;
}
