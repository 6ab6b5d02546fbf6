import type { TemplateResult } from 'lit-html';
import type { SessionView } from '../../../../accountability/access/login-api.ts';
import { textField } from '../../parts/field.ts';
import { unitNowMs } from '../../words.ts';

/** For so long after a login the unit asks for no password again, ms; it judges by its own. */
const freshLoginMs = 5 * 60_000;

export const isFreshLogin = ({ loggedInAt }: SessionView): boolean =>
  unitNowMs() - Date.parse(loggedInAt) < freshLoginMs;

/** The password, where the unit asks for it again; `name` is unique on the screen. */
export function passwordAgain(name: string) {
  let password = '';
  return {
    /** As a field of what is sent; nothing while none was typed. */
    given: (): { password?: string } => (password === '' ? {} : { password }),
    forget(): void {
      password = '';
    },
    field: (): TemplateResult =>
      textField({
        ...{ name: `${name}-password`, label: 'Password', type: 'password', value: password },
        ...{ longest: 1024, hint: 'Asked for as your login was more than five minutes ago' },
        onInput: (value) => {
          password = value;
        },
      }),
  };
}
