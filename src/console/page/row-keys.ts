/**
 * Keys for a desk: `/` goes to a field, `j` and `k` down and up the rows of the table; Enter opens the row, as it is a
 * button. Nothing happens while somebody types. Call what it returns to end it.
 */
export function rowKeys(fieldId: string): () => void {
  const onKey = (event: KeyboardEvent) => {
    const { target, key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey) return;
    if (target instanceof Element && target.closest('input, textarea, select, [role=dialog]')) {
      return;
    }
    if (key === '/') {
      const field = document.getElementById(fieldId);
      if (field === null) return;
      event.preventDefault();
      field.focus();
    }
    if (key === 'j' || key === 'k') step(key === 'j' ? 1 : -1);
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('.row-key')];
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = at === -1 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1);
  rows[next]?.focus();
}
