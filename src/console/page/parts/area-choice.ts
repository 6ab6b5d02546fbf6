import { html, nothing, type TemplateResult } from 'lit-html';
import { changed } from '../state.ts';
import { areaOf, noArea, type TypedArea, typedOf } from '../typed-area.ts';
import { areaFields } from './area-fields.ts';
import { key } from './key.ts';
import { newMap } from './map/map-part.ts';

/** An area of a form: typed, or drawn by touch on a map that opens when it is asked for. */
export interface AreaChoice {
  /** `suffix`: tells its fields apart from those of other areas. */
  view(options: { typed: TypedArea; suffix: string; isRequired?: boolean }): TemplateResult;
}

/** Keeps the map of one area; make it once a screen. */
export function newAreaChoice(): AreaChoice {
  const map = newMap();
  let isOpen = false;
  const toggle = () => {
    isOpen = !isOpen;
    changed();
  };
  const drawing = (typed: TypedArea) => {
    const area = areaOf(typed);
    const areas = typeof area === 'object' ? [{ area }] : [];
    return map.view({
      label: areas.length === 0 ? 'No area on a map' : '1 area on a map',
      areas,
      drawing: {
        at: 0,
        onArea: (drawn) => {
          Object.assign(typed, drawn === null ? noArea : typedOf(drawn));
          changed();
        },
      },
    });
  };
  return {
    view: ({ typed, suffix, isRequired = false }) => html`<div class="area-choice">
      <div class="row-keys">
        ${key({ label: 'Draw it on a map', kind: 'quiet', isPressed: isOpen, onPress: toggle })}
      </div>
      ${isOpen ? drawing(typed) : nothing} ${areaFields({ typed, suffix, isRequired })}
    </div>`,
  };
}
