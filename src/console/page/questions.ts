import type { TemplateResult } from 'lit-html';

/** What the page asks over a screen before it goes on. */
interface Question {
  /** Drawn while it is asked; null otherwise. */
  view(): TemplateResult | null;
  /** Answers it with no, as when its screen is left. */
  takeBack(): void;
}

const questions: Question[] = [];
/** The screen on which they are asked now; null before the first. */
let screen: object | null = null;

export const askedOn = (): object | null => screen;

/** Has questions asked on this screen from now on. */
export function askOn(next: object): void {
  screen = next;
}

/** Has a question drawn over every screen; it is taken back when the person goes to another. */
export function askOverScreens(question: Question): void {
  questions.push(question);
}

/** The questions that are asked now; `main.ts` draws them, but never over an alert. */
export const questionsNow = (): (TemplateResult | null)[] => questions.map(({ view }) => view());

export function takeBackQuestions(): void {
  for (const { takeBack } of questions) takeBack();
}
