import type { Coords, DoneCallback, GridLayer, GridLayerOptions, Map as LeafletMap } from 'leaflet';
import type { MapView } from '../../../map-file.ts';
import { ask } from '../../api.ts';
import type { Theme } from '../../theme.ts';
import { type Leaflet, loadPainter } from './libraries.ts';

/** Looks of the streets, by Protomaps' names: nothing bright at night. */
const flavors: Record<Theme, string> = { day: 'light', dusk: 'dark', night: 'black' };
const tilesAddress = '/api/map/tiles';

/** The map that is installed on the unit; null where there is none. */
export const askMap = async (): Promise<MapView | null> =>
  (await ask<{ map: MapView | null }>('GET', '/api/map')).map;

/** Draws the installed map below all else; call what it returns to take it away. */
export async function addBase(
  leaflet: Leaflet,
  map: LeafletMap,
  view: MapView,
  theme: Theme,
): Promise<() => void> {
  const painter = await loadPainter();
  const { south, west, north, east } = view.bounds;
  const bounds = leaflet.latLngBounds([south, west], [north, east]);
  // Another file has another address, so that its parts are never taken for those of the old one.
  const file = new painter.PmtilesSource(`${tilesAddress}?map=${view.version}`, false).p;
  const options = { bounds, noWrap: true, className: `map-base ${view.kind}` };
  const layer =
    view.kind === 'vector'
      ? (painter.leafletLayer({
          ...options,
          ...{ url: file, flavor: flavors[theme], lang: 'en', attribution: '' },
          maxDataZoom: view.maxZoom,
        }) as unknown as GridLayer)
      : pictureLayer(leaflet, file, view, options);
  layer.addTo(map);
  return () => void layer.remove();
}

/** What gives a picture of the map by its zoom, column and row. */
interface Pictures {
  getZxy(z: number, x: number, y: number): Promise<{ data: ArrayBuffer } | undefined>;
}

/** Pictures are drawn on canvases: an address made of their bytes is none of this unit, and is not shown. */
function pictureLayer(
  { GridLayer: Layer }: Leaflet,
  pictures: Pictures,
  { maxZoom, minZoom, tiles }: MapView,
  options: GridLayerOptions,
): GridLayer {
  const paint = async (canvas: HTMLCanvasElement, { z, x, y }: Coords): Promise<void> => {
    const tile = await pictures.getZxy(z, x, y);
    if (tile === undefined) return;
    const bitmap = await createImageBitmap(new Blob([tile.data], { type: `image/${tiles}` }));
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    bitmap.close();
  };
  class PictureLayer extends Layer {
    override createTile(coords: Coords, done: DoneCallback): HTMLElement {
      const canvas = document.createElement('canvas');
      paint(canvas, coords).then(
        () => done(undefined, canvas),
        (error: Error) => done(error, canvas),
      );
      return canvas;
    }
  }
  return new PictureLayer({ ...options, maxNativeZoom: maxZoom, minNativeZoom: minZoom });
}
