import type { TemplateResult } from 'lit-html';

/** A part of the screen; it asks the unit for nothing before `show`. */
export interface AuditPart {
  show(): void;
  view(): TemplateResult;
}
