import type { LeafletEvent, Map as LeafletMap } from 'leaflet';
import type { Area } from '../../../../config/area.ts';
import type { MapView } from '../../../map-file.ts';
import { distanceM, type Place } from '../../places-on-earth.ts';
import { type Theme, themeNow } from '../../theme.ts';
import { addBase } from './base-map.ts';
import { type Leaflet, loadLeaflet } from './libraries.ts';
import { type FlatMarks, flatMarks, type Mark, type Spot, spotNear, spotsAt } from './marks.ts';
import { type DrawnArea, drawOverlay, type Inks, inksOf, type Point, scaleBar } from './overlay.ts';
import { boxOf, cornersOf, handlesOf } from './shapes.ts';
import { createTools, type Tools } from './tools.ts';

/** All that is shown on a map. */
export interface Shown {
  marks: readonly Mark[];
  /** Places in their order, with arrows. */
  path: readonly Place[];
  areas: readonly Omit<DrawnArea, 'hasHandles'>[];
  /** The map shows everything when it opens, and moves to it when this changes; what is drawn does not move it. */
  fit: unknown;
}

/** A map in its place on the page. */
export interface DrawnMap {
  readonly tools: Tools;
  /** `workedOn`: which area has handles and is drawn anew; null: nothing can be drawn. */
  show(shown: Shown & { workedOn: number | null }): void;
  showAll(): void;
  zoom(by: number): void;
  /** What is to be seen now, as an area. */
  shownBox(): Area;
  end(): void;
}

const mostZoom = 19;
/** Where nothing else says where to begin. */
const somewhere: Place & { zoom: number } = { latitude: 37.5, longitude: -120, zoom: 6 };
/** Around one place: streets. */
const closestFit = 16;

/** Opens a map in an element that is on the page. */
export async function openMap(
  element: HTMLElement,
  deps: {
    base: MapView | null;
    around: Place | null;
    onPick: (marks: readonly Mark[]) => void;
    onArea: (area: Area, isDone: boolean) => void;
    onChange: () => void;
  },
): Promise<DrawnMap> {
  const { base, around } = deps;
  const leaflet = await loadLeaflet();
  const map = leafletMap(leaflet, element);
  begin(leaflet, map, base, around);
  const canvas = canvasOver(element);
  const scale = scaleOver(element);
  let shown: Parameters<DrawnMap['show']>[0] = emptyShown;
  let marks: FlatMarks = [];
  let inks: Inks | null = null;
  let theme: Theme | null = null;
  let removeBase: Promise<() => void> | null = null;
  let wasShown = false;
  let isEnded = false;
  let spots: { zoom: number; of: FlatMarks; spots: Spot[] } = { zoom: -1, of: marks, spots: [] };

  const pointOf = ({ latitude, longitude }: Place): Point =>
    map.latLngToContainerPoint([latitude, longitude]);
  const spotsNow = (): Spot[] => {
    const zoom = Math.round(map.getZoom());
    if (spots.zoom !== zoom || spots.of !== marks) {
      spots = { zoom, of: marks, spots: spotsAt(marks, zoom) };
    }
    return spots.spots;
  };
  /** Where a spot is on the screen, without Leaflet's objects: there are thousands of them. */
  const pointOfSpot = (): ((spot: Spot) => Point) => {
    const whole = 256 * 2 ** map.getZoom();
    const origin = map.latLngToContainerPoint([0, 0]);
    return ({ x, y }) => ({ x: origin.x + (x - 0.5) * whole, y: origin.y + (y - 0.5) * whole });
  };
  const workedOn = (): Area | null =>
    shown.workedOn === null ? null : (shown.areas[shown.workedOn]?.area ?? null);

  const draw = (): void => {
    const pen = canvas.getContext('2d');
    if (pen === null || isEnded) return;
    inks ??= inksOf(element);
    const { x, y } = map.getSize();
    const density = window.devicePixelRatio;
    if (canvas.width !== Math.round(x * density) || canvas.height !== Math.round(y * density)) {
      [canvas.width, canvas.height] = [Math.round(x * density), Math.round(y * density)];
    }
    pen.setTransform(density, 0, 0, density, 0, 0);
    const overlay = {
      ...{
        size: { x, y },
        pointOf,
        pointOfSpot: pointOfSpot(),
        spots: spotsNow(),
        path: shown.path,
      },
      areas: shown.areas.map((each, at) => ({
        ...each,
        hasHandles: at === shown.workedOn && tools.tool === null,
      })),
      ...{ corners: tools.corners, chosenCorner: tools.chosenCorner, hasGrid: base === null },
    };
    drawOverlay(pen, overlay, inks);
    scale.show(metresPerPixel(map));
  };

  const tools = createTools({
    element,
    placeAt: ({ x, y }) => {
      const { lat, lng } = map.containerPointToLatLng([x, y]).wrap();
      return { latitude: lat, longitude: lng };
    },
    pointOf,
    area: workedOn,
    isOpen: () => shown.workedOn !== null,
    onArea(area, isDone) {
      deps.onArea(area, isDone);
      // The screen is drawn once the finger is lifted, the area with it.
      const at = shown.workedOn ?? 0;
      const areas = [...shown.areas];
      areas[at] = { ...areas[at], area };
      shown = { ...shown, areas };
      draw();
    },
    onChange() {
      if (tools.tool === 'polygon') map.doubleClickZoom.disable();
      else map.doubleClickZoom.enable();
      draw();
      deps.onChange();
    },
    onTap(at, reachPx) {
      deps.onPick(spotNear(spotsNow(), pointOfSpot(), at, reachPx)?.marks ?? []);
    },
  });

  const showAll = (): void => {
    const places = [
      ...shown.marks,
      ...shown.path,
      ...shown.areas.flatMap(({ area }) => edgesOf(area)),
    ];
    if (places.length === 0) {
      begin(leaflet, map, base, around);
      return;
    }
    const bounds = leaflet.latLngBounds(
      places.map(({ latitude, longitude }) => [latitude, longitude]),
    );
    map.fitBounds(bounds, { maxZoom: closestFit, padding: [40, 40], animate: false });
  };
  const useTheme = (): void => {
    if (theme === themeNow()) return;
    theme = themeNow();
    inks = null;
    if (base === null) return;
    const before = removeBase;
    // The new one is drawn over the old, so that nothing flashes.
    removeBase = addBase(leaflet, map, base, theme);
    void before?.then((remove) => remove());
    removeBase.catch(() => undefined);
  };

  const redraw = (_: LeafletEvent): void => draw();
  map.on('move zoom moveend zoomend resize viewreset', redraw);
  const sizes = new ResizeObserver(() => map.invalidateSize({ animate: false, pan: false }));
  sizes.observe(element);
  useTheme();

  return {
    tools,
    showAll,
    zoom: (by) => void map.setZoom(map.getZoom() + by, { animate: false }),
    shownBox() {
      const bounds = map.getBounds();
      const [southWest, northEast] = [bounds.getSouthWest(), bounds.getNorthEast()];
      const placeOf = ({ lat, lng }: { lat: number; lng: number }) => ({
        latitude: lat,
        longitude: Math.max(-180, Math.min(180, lng)),
      });
      return boxOf(placeOf(southWest), placeOf(northEast));
    },
    show(next) {
      if (isEnded) return;
      const isFitDue = next.fit !== shown.fit || !wasShown;
      if (next.marks !== shown.marks) marks = flatMarks(next.marks);
      shown = next;
      useTheme();
      const isEmpty = next.marks.length + next.path.length + next.areas.length === 0;
      wasShown = true;
      if (isFitDue && !isEmpty) showAll();
      draw();
    },
    end() {
      isEnded = true;
      sizes.disconnect();
      tools.end();
      map.remove();
      canvas.remove();
      scale.end();
    },
  };
}

const emptyShown = { marks: [], path: [], areas: [], fit: null, workedOn: null };

function leafletMap({ Map: View }: Leaflet, element: HTMLElement): LeafletMap {
  return new View(element, {
    // Both would make markup of text; zooming has keys, and the words are below the map.
    ...{ zoomControl: false, attributionControl: false },
    // Without a graphics card each step of an animation is drawn by the processor that reads plates.
    ...{ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false },
    ...{ maxZoom: mostZoom, minZoom: 3, worldCopyJump: false },
    maxBounds: [
      [-85, -180],
      [85, 180],
    ],
    maxBoundsViscosity: 1,
  });
}

/** Where a map begins on which nothing is: where it has streets, around the unit, or the state. */
function begin(
  { latLngBounds }: Leaflet,
  map: LeafletMap,
  base: MapView | null,
  around: Place | null,
): void {
  if (base !== null) {
    const { south, west, north, east } = base.bounds;
    const bounds = latLngBounds([south, west], [north, east]);
    const isIn = around !== null && bounds.contains([around.latitude, around.longitude]);
    if (!isIn) return void map.fitBounds(bounds, { animate: false });
  }
  const { latitude, longitude, zoom } = around === null ? somewhere : { ...around, zoom: 14 };
  map.setView([latitude, longitude], zoom, { animate: false });
}

/** The places that have to be seen for an area to be. */
function edgesOf(area: Area): Place[] {
  if (area.kind !== 'circle') return cornersOf(area);
  const east = handlesOf(area)[1] ?? area;
  const reach = east.longitude - area.longitude;
  return [
    { latitude: area.latitude + reach, longitude: area.longitude + reach },
    { latitude: area.latitude - reach, longitude: area.longitude - reach },
  ];
}

function metresPerPixel(map: LeafletMap): number {
  const { x, y } = map.getSize();
  const placeAt = (across: number): Place => {
    const { lat, lng } = map.containerPointToLatLng([across, y / 2]);
    return { latitude: lat, longitude: lng };
  };
  return distanceM(placeAt(x / 2), placeAt(x / 2 + 100)) / 100;
}

/** A canvas over the whole map that lets fingers through. */
function canvasOver(element: HTMLElement): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.className = 'map-overlay';
  element.append(canvas);
  return canvas;
}

/** A bar with its length, and where north is. */
function scaleOver(element: HTMLElement): { show(metresPerPixel: number): void; end(): void } {
  const box = document.createElement('div');
  box.className = 'map-scale';
  const [bar, north] = [document.createElement('span'), document.createElement('span')];
  bar.className = 'map-bar';
  north.textContent = 'N ↑';
  box.append(bar, north);
  element.append(box);
  return {
    show(metres) {
      const { px, words } = scaleBar(metres, 140);
      if (bar.textContent !== words) bar.textContent = words;
      bar.style.width = `${Math.round(px)}px`;
    },
    end: () => box.remove(),
  };
}
