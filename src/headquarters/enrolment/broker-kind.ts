/** Where a broker listens. */
export interface Listen {
  /** Null: at every address of the computer. */
  address: string | null;
  port: number;
}

/** What the files of a broker are made of. */
export interface BrokerSettings {
  /** The folder of the files, and where the broker keeps what waits. */
  folder: string;
  stateFolder: string;
  /** Where units and headquarters reach it. */
  listen: Listen;
}

/** Who has certificates that are not revoked. */
export interface BrokerUser {
  name: string;
  /** The serial numbers of those. */
  serials: readonly string[];
}

/** Who may do what at a broker. */
export interface BrokerUsers {
  agency: string;
  headquarters: BrokerUser;
  units: readonly BrokerUser[];
  /** Units of which all certificates are revoked. */
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
  /** The file in which it looks for the authority's list of revoked certificates; null where it knows none. `list`: its text's file. */
  revokedFile: ((list: string) => Promise<string>) | null;
  /** Whether the rules name each unit, so that a new one needs them anew. */
  namesUnits: boolean;
  /** The command that starts it by hand, with the package that has it, and the one that makes it take new rules. */
  package: string;
  start(folder: string): string;
  reload(folder: string): string;
  /** The command that ends what is still open by a certificate that is revoked now, where `reload` does not do that. */
  end?: string;
}
