import type { Revoke } from './access/revoke.ts';
import type { Lacking } from './agency/agency.ts';
import type { Command } from './lost-unit/command.ts';
import type { AlertStatus } from './verification/alert-status.ts';
import type { AlertStep } from './verification/alert-step.ts';

/**
 * Orders that headquarters sends, besides acknowledgements and hot lists. Each method is called with a valid message
 * (but for the last, which checks it), and may be called again with the same one: retained messages come with every connection, others after a lost link.
 */
export interface Orders {
  onAlertStatus?(status: AlertStatus): void;
  /** Something that was done about an alert of this unit at headquarters. Throws if it could not be stored. */
  onAlertStep?(order: AlertStep): void;
  onRevoke?(revoke: Revoke): void;
  onCommand?(command: Command): void;
  /**
   * A message to every unit of the agency, not checked yet: its signature is over what was sent. Returns what it names and
   * this unit lacks.
   */
  onAgencyMessage?(payload: Uint8Array): Lacking[];
}
