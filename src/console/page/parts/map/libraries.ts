import { loadStyleSheet } from '../../style-sheet.ts';

export type Leaflet = Pick<
  typeof import('leaflet'),
  'Map' | 'GridLayer' | 'latLng' | 'latLngBounds'
>;
export type Painter = Pick<typeof import('protomaps-leaflet'), 'leafletLayer' | 'PmtilesSource'>;

let leaflet: Promise<Leaflet> | undefined;

/** Leaflet and its looks, loaded when the first map of the page is drawn. */
export function loadLeaflet(): Promise<Leaflet> {
  leaflet ??= Promise.all([import('leaflet'), loadStyleSheet('libraries/leaflet.css')]).then(
    ([library]) => library,
    (error) => {
      leaflet = undefined;
      throw error;
    },
  );
  return leaflet;
}

/** What draws streets of vector tiles; it finds Leaflet where that has put itself. */
export async function loadPainter(): Promise<Painter> {
  await loadLeaflet();
  return import('protomaps-leaflet');
}
