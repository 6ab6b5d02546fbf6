import { localTime } from '../../platform/local-time.ts';
import type { Table } from '../../platform/table-file.ts';
import { type ReleaseRequest, requestCoverWords, shownState } from './release-request.ts';

/** The log of the requests on file, one a row (A 429.5). */
export function releaseLog(requests: readonly ReleaseRequest[]): Table {
  const header = [
    ...['number', 'state', 'agency', 'kind', 'person', 'purpose', 'data', 'reference'],
    ...['requested at', 'entered by', 'verified at', 'verified by', 'how'],
    ...['decided at', 'decided by', 'role', 'why', 'Values Act considered'],
    ...['plates', 'covers', 'packages allowed', 'until', 'warnings', 'packages', 'id'],
    ...['approval withdrawn', 'of', 'by'],
  ];
  const rows = requests.map((each) => {
    const { requested, verified, decided } = each;
    const cover = each.granted ?? each.asked;
    const state = shownState(each);
    const approval = state === 'withdrawn' ? each.earlier : null;
    return [
      ...[each.number, state, each.agency, each.kind, each.person, each.purpose, each.data],
      ...[each.reference, localTime(requested.at), requested.name],
      ...[verified && localTime(verified.at), verified?.name, verified?.how],
      ...[decided && localTime(decided.at), decided?.name, decided?.role, decided?.why],
      decided && (decided.valuesActConsidered ? 'yes' : 'no'),
      ...[cover?.plates.join(' '), requestCoverWords(each), cover?.packages],
      ...[cover && localTime(cover.until), each.warnings.join('; ')],
      ...[each.packages.map(({ id }) => id).join(' '), each.id],
      ...[state === 'withdrawn' ? 'yes' : 'no', approval && localTime(approval.at), approval?.name],
    ];
  });
  return { header, rows };
}
