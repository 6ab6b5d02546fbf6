import type { Revoke } from './access/revoke.ts';
import type { Command } from './lost-unit/command.ts';
import type { AlertStatus } from './verification/alert-status.ts';

/**
 * What headquarters says besides acknowledgements and hot lists. Each is called when a message is well formed, and
 * may be called again with the same one: retained ones come with every connection, others when a link was lost.
 */
export interface Orders {
  onAlertStatus?(status: AlertStatus): void;
  onRevoke?(revoke: Revoke): void;
  onCommand?(command: Command): void;
}
