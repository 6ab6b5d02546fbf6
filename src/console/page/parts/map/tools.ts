import type { Area } from '../../../../config/area.ts';
import type { Place } from '../../places-on-earth.ts';
import { spotNear } from './marks.ts';
import type { Point } from './overlay.ts';
import {
  type AreaKind,
  boxOf,
  circleOf,
  type Handle,
  handlesOf,
  polygonOf,
  pulled,
  withCorner,
} from './shapes.ts';

/** What fingers and mouse do to the area of a map. */
export interface Tools {
  /** What is being drawn; null: the map is moved, and handles are pulled. */
  tool: AreaKind | null;
  /** The corners so far of a polygon that is being drawn. */
  corners: Place[];
  /** The corner of the area that was tapped. */
  chosenCorner: number | null;
  choose(tool: AreaKind | null): void;
  /** Closes the polygon that is being drawn. */
  close(): void;
  /** Takes the last corner back. */
  undo(): void;
  end(): void;
}

/** What the tools need of the map. */
interface Ground {
  element: HTMLElement;
  placeAt(point: Point): Place;
  pointOf(place: Place): Point;
  /** The area that may be worked on; null where there is none yet. */
  area(): Area | null;
  /** Whether anything may be drawn. */
  isOpen(): boolean;
  /** `isDone`: the finger was lifted. */
  onArea(area: Area, isDone: boolean): void;
  /** Something else changed that is to be drawn. */
  onChange(): void;
  /** A tap that meant none of this. */
  onTap(point: Point, reachPx: number): void;
}

/** Fingers are wide. */
const reachOf = ({ pointerType }: PointerEvent): number => (pointerType === 'mouse' ? 12 : 24);
/** What moves less than this was a tap. */
const tapPx = 8;
const tappedRadiusM = 300;

type Hold =
  | { kind: 'tap'; from: Point }
  | { kind: 'pull'; from: Point; handle: Handle; area: Area }
  | { kind: 'draw'; from: Point; start: Place };

/** Draws circles and boxes by pulling, polygons by tapping, and pulls the handles of what is drawn. */
export function createTools(ground: Ground): Tools {
  const { element } = ground;
  let held: (Hold & { pointer: number }) | null = null;

  const pointOf = ({ clientX, clientY }: PointerEvent): Point => {
    const { left, top } = element.getBoundingClientRect();
    return { x: clientX - left - element.clientLeft, y: clientY - top - element.clientTop };
  };
  /** Keeps a press from moving the map. */
  const take = (event: PointerEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
  };
  const holdOf = (event: PointerEvent, from: Point): Hold => {
    const area = ground.area();
    if (!ground.isOpen()) return { kind: 'tap', from };
    const { tool } = tools;
    if (tool === 'circle' || tool === 'box') {
      return { kind: 'draw', from, start: ground.placeAt(from) };
    }
    if (tool !== null || area === null) return { kind: 'tap', from };
    const handles = handlesOf(area).reverse();
    const handle = spotNear(handles, ground.pointOf, from, reachOf(event));
    return handle === undefined ? { kind: 'tap', from } : { kind: 'pull', from, handle, area };
  };

  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0 || !(event.target instanceof Node)) return;
    if (held !== null) {
      // A second finger: the map is to be zoomed, and what was begun is left.
      held = null;
      return;
    }
    const from = pointOf(event);
    const hold = holdOf(event, from);
    held = { ...hold, pointer: event.pointerId };
    if (hold.kind !== 'tap') take(event);
    if (hold.kind === 'pull' && hold.handle.role === 'middle' && hold.area.kind === 'polygon') {
      const { area, handle } = withCorner(hold.area, hold.handle.at, hold.handle);
      held = { ...hold, area, handle, pointer: event.pointerId };
    }
  };
  const onMove = (event: PointerEvent): void => {
    if (held === null || held.pointer !== event.pointerId || held.kind === 'tap') return;
    event.stopImmediatePropagation();
    const at = pointOf(event);
    if (isTap(held.from, at)) return;
    ground.onArea(resultOf(held, ground.placeAt(at)), false);
  };
  const onUp = (event: PointerEvent): void => {
    if (held === null || held.pointer !== event.pointerId) return;
    const hold = held;
    held = null;
    const at = pointOf(event);
    if (hold.kind === 'tap') {
      if (isTap(hold.from, at)) tapped(at, reachOf(event));
      return;
    }
    event.stopImmediatePropagation();
    if (!isTap(hold.from, at)) {
      const area = resultOf(hold, ground.placeAt(at));
      tools.tool = null;
      ground.onArea(area, true);
    } else if (hold.kind === 'pull') {
      const { role, at: corner } = hold.handle;
      tools.chosenCorner = role === 'corner' && hold.area.kind === 'polygon' ? corner : null;
      ground.onChange();
    } else if (tools.tool === 'circle') {
      tools.tool = null;
      const { latitude, longitude } = hold.start;
      ground.onArea({ kind: 'circle', latitude, longitude, radiusM: tappedRadiusM }, true);
    }
  };
  const resultOf = (hold: Exclude<Hold, { kind: 'tap' }>, to: Place): Area => {
    if (hold.kind === 'pull') return pulled(hold.area, hold.handle, to);
    return tools.tool === 'box' ? boxOf(hold.start, to) : circleOf(hold.start, to);
  };
  const tapped = (at: Point, reachPx: number): void => {
    if (tools.tool !== 'polygon') {
      tools.chosenCorner = null;
      ground.onTap(at, reachPx);
      return;
    }
    const [first] = tools.corners;
    const isFirst =
      first !== undefined && spotNear([first], ground.pointOf, at, reachPx) !== undefined;
    if (isFirst) {
      tools.close();
      return;
    }
    tools.corners.push(ground.placeAt(at));
    ground.onChange();
  };
  const onCancel = (event: PointerEvent): void => {
    if (held?.pointer === event.pointerId) held = null;
  };
  /** Leaflet follows fingers by these, which come after the pointer's: it must not move the map then. */
  const onTouch = (event: TouchEvent): void => {
    if (held === null || held.kind === 'tap') return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const onKey = ({ key }: KeyboardEvent): void => {
    if (key !== 'Escape' || tools.tool === null) return;
    tools.choose(null);
  };

  const tools: Tools = {
    tool: null,
    corners: [],
    chosenCorner: null,
    choose(tool) {
      tools.tool = tool;
      tools.corners = [];
      tools.chosenCorner = null;
      ground.onChange();
    },
    close() {
      const { corners } = tools;
      if (corners.length < 3) return;
      tools.tool = null;
      tools.corners = [];
      ground.onArea(polygonOf(corners), true);
    },
    undo() {
      tools.corners.pop();
      ground.onChange();
    },
    end() {
      for (const [name, listener] of listeners) element.removeEventListener(name, listener, true);
      for (const name of touches) element.removeEventListener(name, onTouch, true);
      element.removeEventListener('keydown', onKey);
    },
  };
  const listeners = [
    ['pointerdown', onDown],
    ['pointermove', onMove],
    ['pointerup', onUp],
    ['pointercancel', onCancel],
  ] as const;
  for (const [name, listener] of listeners) element.addEventListener(name, listener, true);
  const touches = ['touchstart', 'touchmove'] as const;
  for (const name of touches) {
    element.addEventListener(name, onTouch, { capture: true, passive: false });
  }
  element.addEventListener('keydown', onKey);
  return tools;
}

const isTap = (from: Point, to: Point): boolean => Math.hypot(to.x - from.x, to.y - from.y) < tapPx;
