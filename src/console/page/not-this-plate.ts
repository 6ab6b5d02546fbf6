import type { TemplateResult } from 'lit-html';
import type * as operations from '../../accountability/verification/operations.ts';
import { perform, wordsOf } from './api.ts';
import { purposeOfHit } from './hit-purpose.ts';
import { key } from './parts/key.ts';
import { changed, type Told, tell } from './state.ts';
import { onRefusal } from './stream.ts';

/** The alert of which somebody says that it is not this plate, until they say what differs. */
let asked: string | null = null;

export const isAskedWhatDiffers = (alert: Told): boolean => asked === alert.id;

/** The key that says that the vehicle does not carry the listed plate. */
export const notThisPlateKey = (alert: Told): TemplateResult =>
  key({
    label: 'Not this plate',
    isGuarded: true,
    onPress: () => {
      asked = alert.id;
      changed();
    },
  });

/** What differs, as two keys; recorded at the unit as the first step of the verification. `onSaid`: it is on record. */
export function whatDiffersKeys(alert: Told, onSaid: () => void): TemplateResult[] {
  const say = async (aspect: 'characters' | 'state') => {
    asked = null;
    changed();
    try {
      const { hitId: id } = alert;
      await perform<typeof operations.confirmVisual>(
        'hits.confirm-visual',
        { id, [aspect]: 'no' },
        purposeOfHit(id),
      );
      onSaid();
      tell('Recorded: not this plate. Close the alert when you stand.', 'done');
    } catch (error) {
      onRefusal(error);
      tell(wordsOf(error), 'refused');
    }
  };
  return [
    key({ label: 'Characters differ', onPress: () => void say('characters'), isGuarded: true }),
    key({ label: 'State differs', onPress: () => void say('state'), isGuarded: true }),
    key({
      label: 'Back',
      kind: 'quiet',
      onPress: () => {
        asked = null;
        changed();
      },
    }),
  ];
}
