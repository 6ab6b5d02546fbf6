import type { Listen } from './broker-files.ts';

/** What the files of a broker are made of. */
export interface BrokerSettings {
  /** The folder of the files, and where the broker keeps what waits. */
  folder: string;
  stateFolder: string;
  /** Where units and headquarters reach it. */
  listen: Listen;
}

/** Who may do what at a broker. */
export interface BrokerUsers {
  agency: string;
  /** Units that have a certificate which is not revoked, and those of which all are. */
  units: readonly string[];
  revoked: readonly string[];
}

/** A broker that headquarters can configure. */
export interface BrokerKind {
  /** The file that it is started with; a folder that has it is one of its own. */
  mainFile: string;
  /** Its files but certificates and rules, by name. */
  files(settings: BrokerSettings): Record<string, string>;
  /** The file of its access rules, which is written anew when a unit is enrolled or revoked. */
  rulesFile: string;
  rules(users: BrokerUsers): string;
  /** Whether the rules name each unit, so that a new one needs them anew. */
  namesUnits: boolean;
  /** The command that starts it by hand, with the package that has it, and the one that makes it take new rules. */
  package: string;
  start(folder: string): string;
  reload(folder: string): string;
}
