const loading = new Map<string, Promise<void>>();

/** Loads the looks of what is not on every screen: a file below `/page/`. Once; after a failure it is tried again. */
export function loadStyleSheet(path: string): Promise<void> {
  const known = loading.get(path) ?? load(path);
  loading.set(path, known);
  known.catch(() => loading.delete(path));
  return known;
}

function load(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = `/page/${path}`;
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      reject(new Error(`${path} cannot be loaded.`));
    };
    // Before those of the lock and of paper, which come after all others.
    const [after] = document.head.querySelectorAll('link[href="/page/entrance.css"]');
    document.head.insertBefore(link, after ?? null);
  });
}
