const noted = 'lookout-undone';

/** What is said of what was asked for last, to who comes back to the page. */
const words = {
  refused: 'Your session was over when you asked for something last: it was not done. Do it again.',
  unanswered:
    'This page was left before Lookout had answered what you asked for last: look whether it was done.',
} as const;

/** Keeps it for the login form, or for the page when it is loaded again. */
export function noteUndone(how: keyof typeof words): void {
  sessionStorage.setItem(noted, how);
}

/** What is to be said, once; empty where nothing is. */
export function undoneWords(): string {
  const how = sessionStorage.getItem(noted);
  sessionStorage.removeItem(noted);
  return how === 'refused' || how === 'unanswered' ? words[how] : '';
}
