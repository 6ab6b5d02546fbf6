/** The last few things that were typed on this screen, the newest first: numbers, sources. */
export function recentWords(kind: string): string[] {
  try {
    return JSON.parse(sessionStorage.getItem(`lookout-${kind}`) ?? '[]') as string[];
  } catch {
    return [];
  }
}

/** Keeps one for the next time, until the browser is closed. */
export function rememberWord(kind: string, text: string): void {
  if (text === '') return;
  const words = [text, ...recentWords(kind).filter((word) => word !== text)].slice(0, 5);
  sessionStorage.setItem(`lookout-${kind}`, JSON.stringify(words));
}
