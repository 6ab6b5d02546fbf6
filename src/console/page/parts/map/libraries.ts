export type Leaflet = Pick<
  typeof import('leaflet'),
  'Map' | 'GridLayer' | 'latLng' | 'latLngBounds'
>;
export type Painter = Pick<typeof import('protomaps-leaflet'), 'leafletLayer' | 'PmtilesSource'>;

let leaflet: Promise<Leaflet> | undefined;

/** Leaflet and its looks, loaded when the first map of the page is drawn. */
export function loadLeaflet(): Promise<Leaflet> {
  leaflet ??= Promise.all([import('leaflet'), loadLooks()]).then(
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

function loadLooks(): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = '/page/libraries/leaflet.css';
    link.onload = () => resolve();
    link.onerror = () => reject(new Error('The looks of the map cannot be loaded.'));
    document.head.append(link);
  });
}
