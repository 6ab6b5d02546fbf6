import { nothing, type TemplateResult } from 'lit-html';
import type * as operations from '../../../../accountability/verification/operations.ts';
import { go } from '../../address.ts';
import { perform } from '../../api.ts';
import { lacksNumber, purposeOfHit } from '../../hit-purpose.ts';
import { key } from '../../parts/key.ts';
import { may, page, type Told } from '../../state.ts';
import type { Work } from '../../work.ts';

/**
 * In a line of the board: takes an alert that nobody has, or gives back what this person has (B 466.9). Where the policy
 * asks for a number first, or somebody else has it, that is done on its own screen.
 */
export function claimKey(alert: Told, work: Work): TemplateResult | typeof nothing {
  if (alert.withheld || !may('alerts.respond') || alert.standing === null) return nothing;
  const { hitId: id, standing } = alert;
  const { name, username } = page.session ?? {};
  const hasClaim = standing.claim !== null;
  if (hasClaim && standing.claim?.by !== `${name} (${username})`) return nothing;
  const purpose = purposeOfHit(id);
  const claim = () =>
    hasClaim
      ? perform<typeof operations.releaseHit>('hits.release', { id }, purpose)
      : perform<typeof operations.claimHit>(
          'hits.claim',
          { id, textLookedThrough: false },
          purpose,
        );
  return key({
    label: hasClaim ? 'Give it back' : 'I take it',
    name: `claim-${id}`,
    kind: 'quiet',
    isGuarded: true,
    onPress: () => (lacksNumber(id) ? go(`hit/${id}`) : void work.run(claim)),
  });
}
