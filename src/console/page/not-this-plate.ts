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
  const say = async (seen: { state: 'no' } | { characters: 'no' } | { shows: string }) => {
    asked = null;
    changed();
    try {
      const { hitId: id } = alert;
      await perform<typeof operations.confirmVisual>(
        'hits.confirm-visual',
        { id, ...seen },
        purposeOfHit(id),
      );
      onSaid();
      tell('Recorded: not this plate. Close the alert when you stand.', 'noted');
    } catch (error) {
      onRefusal(error);
      tell(wordsOf(error), 'refused');
    }
  };
  const characters = differingCharacters(alert);
  return [
    ...(characters === null
      ? []
      : [
          key({
            label: characters.label,
            onPress: () => void say(characters.seen),
            isGuarded: true,
          }),
        ]),
    key({ label: 'State differs', onPress: () => void say({ state: 'no' }), isGuarded: true }),
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

/**
 * What is recorded when the characters are not the listed ones. Of a near match that is the plate as it was read; where
 * small stacked letters or a part of the plate are listed, only the plate itself would say it, which nobody types now.
 */
function differingCharacters(alert: Told) {
  if (alert.withheld || alert.stacked !== null || /[?*]/.test(alert.listed.plate)) return null;
  const { plate } = alert.read;
  // Of a plate that is not read the likeliest text may be the listed one.
  if (alert.isNear && plate === alert.listed.plate) return null;
  return alert.isNear
    ? { label: `It is ${plate}`, seen: { shows: plate } }
    : { label: 'Characters differ', seen: { characters: 'no' as const } };
}
