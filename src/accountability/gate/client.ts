/** The purpose of an inquiry as the person states it, or the id of one that they began earlier. */
export type StatedInquiry =
  | { id: string }
  | {
      purpose: string;
      caseNumber?: string | null | undefined;
      incidentNumber?: string | null | undefined;
      reason?: string | null | undefined;
    };

/** A request to the unit. */
export interface Request {
  operation: string;
  input: unknown;
  inquiry?: StatedInquiry;
}

/**
 * The only way for people to use the unit: the gate in the unit's own process, or the local API of a running daemon.
 * Throws a Refusal that says what is missing.
 */
export interface UnitClient extends AsyncDisposable {
  perform(request: Request): Promise<unknown>;
}
