import { html, type TemplateResult } from 'lit-html';
import { field } from './field.ts';

/** A file of the person's computer. */
export interface PickedFile {
  name: string;
  bytes: number;
  /** When it was last changed there, ms since the epoch; many programs set it to the time of the download. */
  changedMs: number;
  /** Its content, as the operations take it. */
  base64: string;
}

/** Lets a person pick one file of at most `mostBytes`; a larger one is not read, and `onFault` gets the reason in words. */
export function fileField(options: {
  name: string;
  label: string;
  hint?: string;
  /** As in HTML: `.csv,.txt` */
  accept?: string;
  mostBytes: number;
  onPick: (file: PickedFile) => void;
  onFault: (words: string) => void;
}): TemplateResult {
  const { accept = '', mostBytes, onPick, onFault } = options;
  const take = async (event: Event) => {
    const file = (event.target as HTMLInputElement).files?.[0];
    if (file === undefined) return;
    if (file.size > mostBytes) {
      return onFault(
        `${file.name} has ${sizeWords(file.size)}; at most ${sizeWords(mostBytes)} can be sent from here.`,
      );
    }
    try {
      const base64 = await base64Of(file);
      onPick({ name: file.name, bytes: file.size, changedMs: file.lastModified, base64 });
    } catch {
      onFault(`${file.name} cannot be read. Was it moved or deleted?`);
    }
  };
  return field(
    options,
    (id, describedBy) => html`<input
      id=${id}
      name=${options.name}
      type="file"
      accept=${accept}
      aria-describedby=${describedBy}
      @change=${take}
    />`,
  );
}

/** "240 KB", "2.4 MB" */
export function sizeWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.readAsDataURL(file);
  });
}
