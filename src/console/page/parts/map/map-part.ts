import { html, nothing, type TemplateResult } from 'lit-html';
import { ref } from 'lit-html/directives/ref.js';
import type { Area } from '../../../../config/area.ts';
import type { MapView } from '../../../map-file.ts';
import { onThisUnit } from '../../here-words.ts';
import { distanceWords, type Place } from '../../places-on-earth.ts';
import { changed, page } from '../../state.ts';
import { key } from '../key.ts';
import { askMap } from './base-map.ts';
import { type DrawnMap, openMap, type Shown } from './drawn-map.ts';
import type { Mark } from './marks.ts';
import { type AreaKind, sizeWords, withoutCorner } from './shapes.ts';

/** What a screen shows on its map. */
export interface MapContent extends Partial<Shown> {
  /** What is to be seen, for who does not see it: "12 reads on a map". */
  label: string;
  /** What it is called where a screen has another map. */
  title?: string;
  /** Opens what a mark stands for. */
  onOpen?: (mark: Mark) => void;
  /** Something may be drawn: it becomes the area with this number, or takes its place. */
  drawing?: {
    /** Of the areas that are shown; one more than there are for another. */
    at: number;
    onArea: (area: Area | null) => void;
  };
}

/** A map on a screen. */
export interface MapPart {
  view(content: MapContent): TemplateResult;
  /** Moves it so that all that is on it is seen. */
  showAll(): void;
}

const tools = [
  { tool: 'circle', label: 'Circle', hint: 'Press on its middle and pull outwards.' },
  { tool: 'box', label: 'Box', hint: 'Press on a corner and pull to the opposite one.' },
  {
    tool: 'polygon',
    label: 'Polygon',
    hint: 'Tap one corner after the other, and the first again to close it.',
  },
] as const satisfies readonly { tool: AreaKind; label: string; hint: string }[];
const mostPicked = 8;

let installed: Promise<MapView | null> | undefined;
/** The unit's map, asked once; a failure is not kept. */
const installedMap = (): Promise<MapView | null> => {
  installed ??= askMap().catch((error) => {
    installed = undefined;
    throw error;
  });
  return installed;
};

/**
 * A map: streets from the unit's own file, or a grid where none is installed, with what was seen, paths and areas over it.
 * `view` is called with each redraw; the map itself stays.
 */
export function newMap(): MapPart {
  let content: MapContent = { label: '' };
  let drawn: DrawnMap | null = null;
  let base: MapView | null | undefined;
  let failure = '';
  let picked: readonly Mark[] = [];
  let opening = 0;

  const open = async (element: HTMLElement) => {
    opening += 1;
    const turn = opening;
    try {
      base = await installedMap();
      const map = await openMap(element, {
        base,
        around: unitPlace(),
        onPick: (marks) => {
          picked = marks;
          changed();
        },
        onArea: (area, isDone) => {
          content.drawing?.onArea(area);
          if (isDone) changed();
        },
        onChange: changed,
      });
      // Another screen came meanwhile.
      if (turn !== opening) return map.end();
      drawn = map;
      failure = '';
    } catch {
      failure = 'The map cannot be drawn now. Everything else works without it.';
    }
    changed();
  };
  const place = ref((element) => {
    if (element instanceof HTMLElement) {
      if (drawn === null) void open(element);
      return;
    }
    opening += 1;
    drawn?.end();
    drawn = null;
    picked = [];
  });

  const polygonKeys = (now: DrawnMap['tools']): TemplateResult =>
    html`${key({ label: 'Done', isDisabled: now.corners.length < 3, onPress: now.close })}
      ${key({ label: 'Take a corner back', kind: 'quiet', isDisabled: now.corners.length === 0, onPress: now.undo })}`;

  const areaKeys = (
    { onArea }: NonNullable<MapContent['drawing']>,
    area: Area | null,
  ): TemplateResult => {
    if (area === null) {
      const takeShown = () => {
        if (drawn !== null) onArea(drawn.shownBox());
      };
      return key({
        ...{ label: 'What the map shows', kind: 'quiet', isDisabled: drawn === null },
        onPress: takeShown,
      });
    }
    const corner = drawn?.tools.chosenCorner ?? null;
    const cut = () => {
      if (drawn === null || corner === null) return;
      drawn.tools.chosenCorner = null;
      onArea(withoutCorner(area, corner));
    };
    const isCut = corner !== null && area.kind === 'polygon' && area.points.length > 3;
    return html`${isCut ? key({ label: 'Remove this corner', kind: 'quiet', onPress: cut }) : nothing}
      ${key({ label: 'Remove the area', kind: 'quiet', onPress: () => onArea(null) })}`;
  };

  const drawKeys = (drawing: NonNullable<MapContent['drawing']>): TemplateResult => {
    const now = drawn?.tools;
    const area = content.areas?.[drawing.at]?.area ?? null;
    const tool = tools.find((each) => each.tool === now?.tool);
    const words =
      tool?.hint ??
      (area === null
        ? 'Choose what to draw, or type it below.'
        : `${sizeWords(area, distanceWords)}. Pull its marks to change it, the cross to move it.`);
    // The rows keep their heights whatever is in them: the map must not move under a finger.
    return html`<div class="map-keys" role="group" aria-label="Draw an area">
        ${tools.map((each) =>
          key({
            label: each.label,
            isPressed: each.tool === now?.tool,
            isDisabled: now === undefined,
            onPress: () => now?.choose(each.tool === now.tool ? null : each.tool),
          }),
        )}
        <div class="map-deeds">
          ${now?.tool === 'polygon' ? polygonKeys(now) : now?.tool == null ? areaKeys(drawing, area) : nothing}
        </div>
      </div>
      <p class="quiet-words map-hint" role="status">${words}</p>`;
  };

  return {
    showAll: () => drawn?.showAll(),
    view(given) {
      content = given;
      const { spots: _, ...shown } = { spots: null, ...given };
      // After the page was drawn, so that the map has its place.
      queueMicrotask(() =>
        drawn?.show({
          marks: [],
          path: [],
          areas: [],
          fit: null,
          ...shown,
          workedOn: given.drawing?.at ?? null,
        }),
      );
      return html`<section class="map-part" aria-label=${given.title ?? 'Map'}>
        ${given.drawing === undefined ? nothing : drawKeys(given.drawing)}
        <div class="map-frame">
          <div class="map-ground" role="application" aria-label="${given.label}. Arrow keys move it, + and - zoom." tabindex="0" ${place}></div>
          <div class="map-zoom">
            ${key({ label: html`<span aria-hidden="true">+</span><span class="said">Zoom in</span>`, onPress: () => drawn?.zoom(1) })}
            ${key({ label: html`<span aria-hidden="true">−</span><span class="said">Zoom out</span>`, onPress: () => drawn?.zoom(-1) })}
            ${key({ label: html`<span aria-hidden="true">⤢</span><span class="said">Show everything on the map</span>`, onPress: () => drawn?.showAll() })}
          </div>
        </div>
        <p class="quiet-words map-words">${failure === '' ? baseWords(base) : failure}</p>
        ${picked.length === 0 ? nothing : pickedList(picked, given.onOpen)}
      </section>`;
    },
  };
}

/** Where the unit is, for a map on which nothing is yet. */
function unitPlace(): Place | null {
  const { latitude, longitude } = page.status.position ?? {};
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return null;
  return { latitude, longitude };
}

function baseWords(base: MapView | null | undefined): string {
  if (base === undefined) return 'The map is being loaded.';
  if (base === null) return `No map is installed ${onThisUnit()}: a grid stands for it.`;
  return base.attribution;
}

/** What was tapped, newest first, as keys that open it. */
function pickedList(picked: readonly Mark[], onOpen: MapContent['onOpen']): TemplateResult {
  const shown = picked.slice(0, mostPicked);
  const rest = picked.length - shown.length;
  return html`<div class="map-picked" role="group" aria-label="What is at the place that was tapped">
    ${shown.map((mark) =>
      onOpen === undefined
        ? html`<p>${mark.words}</p>`
        : key({ label: mark.words, kind: 'quiet', onPress: () => onOpen(mark) }),
    )}
    ${rest === 0 ? nothing : html`<p class="quiet-words">And ${rest} more there: zoom in.</p>`}
  </div>`;
}
