import type { TemplateResult } from 'lit-html';
import { key } from './key.ts';

/**
 * The key that prints what has the class `printed` on its screen, alone and on white. `name`: what a browser offers as the
 * name of the file where the print goes into a PDF.
 */
export function printKey({
  label = 'Print, or save as PDF',
  name,
}: {
  label?: string;
  name: string;
}): TemplateResult {
  const print = () => {
    const before = document.title;
    addEventListener(
      'afterprint',
      () => {
        document.title = before;
      },
      { once: true },
    );
    document.title = name;
    window.print();
  };
  return key({ label, onPress: print });
}
