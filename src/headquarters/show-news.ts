import type { Console } from '../console/console.ts';
import type { Hit } from '../records/detection.ts';
import type { News } from './intake/keep-messages.ts';

/** Shows what came in on the open pages. */
export function showNews(news: News, page: Pick<Console, 'reread' | 'refresh'>): void {
  for (const { detectionId, state } of news.hits.filter(isShown)) page.reread(detectionId, state);
  const told = new Set(news.hits.map(({ detectionId }) => detectionId));
  for (const id of news.pictured) if (!told.has(id)) page.refresh(id);
}

/** Another sighting of an open alert is no alert of its own. */
const isShown = ({ repeatOf }: Hit): boolean => repeatOf === undefined;
