import type {
  ClientKind,
  EntranceForm,
  FirstAdministrator,
  Login,
  SessionView,
  SignedIn,
} from './entrance.ts';
import type { InquiryDesk, SessionReader } from './gate.ts';

/** Where a request comes from: `page 127.0.0.1`, `command line pts/3`. It begins with the kind of client. */
export type From = `${ClientKind} ${string}`;

/** Everyone who may work on this unit: accounts, sessions and stated purposes. */
export interface People extends Disposable {
  readonly sessions: SessionReader;
  readonly inquiries: InquiryDesk;
  form(): EntranceForm;
  /** Throws a Refusal; the same one for an unknown name and for a wrong password. */
  login(login: Login, from: From): Promise<SignedIn>;
  makeFirstAdministrator(first: FirstAdministrator, from: From): Promise<{ username: string }>;
  logout(token: string, from: From): void;
  unlock(token: string, password: string, from: From): Promise<SessionView>;
}
