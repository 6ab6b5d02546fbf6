/** Why a look is taken, as the person states it, or the id of an inquiry they began earlier. */
export type StatedInquiry =
  | { id: string }
  | {
      purpose: string;
      caseNumber?: string | null | undefined;
      incidentNumber?: string | null | undefined;
      reason?: string | null | undefined;
    };

/** What is asked of the unit. */
export interface Request {
  operation: string;
  input: unknown;
  inquiry?: StatedInquiry;
}

/**
 * The one way in for people: the gate itself in the unit's own process, or the local API of a running daemon.
 * Throws a Refusal that says what is missing.
 */
export interface UnitClient extends AsyncDisposable {
  perform(request: Request): Promise<unknown>;
}
