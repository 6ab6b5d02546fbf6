import { Problem } from '../../platform/problem.ts';

/** Why a request is refused, with the HTTP status of the local API. The message is for the person. */
export class Refusal extends Problem {
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 423 | 429 | 503;
  /** A short name for programs, such as `purpose-missing`. */
  readonly code: string;

  constructor(status: Refusal['status'], code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
