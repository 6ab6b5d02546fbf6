/** Text as tests look for it: a string is a part of it, whatever its case. */
export type Pattern = string | RegExp;

/** Something on a page, looked for anew at each use: what tests for every browser do with a locator of Playwright. */
export interface AnyLocator {
  first(): AnyLocator;
  nth(index: number): AnyLocator;
  filter(options: { hasText: Pattern }): AnyLocator;
  locator(selector: string, options?: { hasText?: Pattern }): AnyLocator;
  getByRole(role: string, options?: RoleOptions): AnyLocator;
  getByLabel(text: Pattern, options?: { exact?: boolean }): AnyLocator;
  getByText(text: Pattern, options?: { exact?: boolean }): AnyLocator;
  click(options?: { timeout?: number }): Promise<void>;
  fill(value: string): Promise<void>;
  setInputFiles(file: { name: string; mimeType: string; buffer: Buffer }): Promise<void>;
  waitFor(options?: { state?: 'visible' | 'detached'; timeout?: number }): Promise<void>;
  isVisible(): Promise<boolean>;
  count(): Promise<number>;
  textContent(): Promise<string | null>;
  inputValue(): Promise<string>;
}

/** What a role is looked for by: its accessible name, and whether it is open. */
export interface RoleOptions {
  name?: Pattern;
  exact?: boolean;
  expanded?: boolean;
}

/** A page of whichever browser: what tests for every browser do with a page of Playwright. */
export interface AnyPage {
  locator(selector: string, options?: { hasText?: Pattern }): AnyLocator;
  getByRole(role: string, options?: RoleOptions): AnyLocator;
  getByLabel(text: Pattern, options?: { exact?: boolean }): AnyLocator;
  getByText(text: Pattern, options?: { exact?: boolean }): AnyLocator;
  /** Runs an expression in the page; gives its value once it has settled. */
  evaluate<T>(expression: string): Promise<T>;
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  setViewportSize(size: { width: number; height: number }): Promise<void>;
  /** PNG. */
  screenshot(): Promise<Buffer>;
}
