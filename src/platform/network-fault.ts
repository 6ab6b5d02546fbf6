import { codeOf, messageOf } from './problem.ts';

/** Why a connection failed, in plain words; the system's message where it is none of the frequent ones. */
export function networkFault(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0)
    return networkFault(error.errors[0]);
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return 'nothing listens there';
    case 'ENOTFOUND':
      return 'the name is not known';
    case 'EAI_AGAIN':
      return 'no name server answers';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no way to it; is the network up?';
    case 'ETIMEDOUT':
      return 'it does not answer';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'it closed the connection';
    default:
      return messageOf(error);
  }
}
