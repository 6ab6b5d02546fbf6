import type { Command } from '@commander-js/extra-typings';
import type { CourtOrder } from '../accountability/suspension/court-order.ts';
import {
  endCourtOrder,
  enterCourtOrder,
  listCourtOrders,
} from '../accountability/suspension/operations.ts';
import { localTime } from '../platform/local-time.ts';
import { configured } from './configured.ts';
import { perform, print } from './perform.ts';
import { table } from './text.ts';
import { inquiring } from './unit-client.ts';

/** `lookout capture order|end-order|orders`. */
export function registerCapture(program: Command): void {
  const group = program
    .command('capture')
    .description('court orders for capture in zones where it is suspended');

  inquiring(group.command('order'))
    .description('enter a court order; the unit then captures in these zones until its end')
    .requiredOption('--number <number>', 'number of the order or warrant')
    .requiredOption('--court <name>', 'the court that made it')
    .requiredOption('--zone <name...>', 'the zones that it covers, as the configuration names them')
    .requiredOption('--until <time>', 'a day, to its end, or a time')
    .option('--json', 'as JSON')
    .action(async (options) => {
      const { number, court, zone: zones, until } = options;
      const input = { number, court, zones, until };
      print(options, await perform(options, enterCourtOrder, input), enteredText);
    });

  configured(group.command('end-order'))
    .argument('<id>', 'id of the order')
    .description('end an order before its time')
    .option('--json', 'as JSON')
    .action(async (id, options) => {
      print(options, await perform(options, endCourtOrder, { id }), endedText);
    });

  configured(group.command('orders'))
    .description('the court orders on file, latest first')
    .option('--json', 'as JSON')
    .action(async (options) => {
      print(options, await perform(options, listCourtOrders, {}), listText);
    });
}

function enteredText({ id, number, zones, until }: CourtOrder): string {
  return [
    `Order ${number} is on file. Its id: ${id}`,
    `Until ${localTime(until)} the unit captures in: ${zones.join('; ')}.`,
  ].join('\n');
}

function endedText({ number, zones }: CourtOrder): string {
  return `Order ${number} has ended. Capture is suspended again in: ${zones.join('; ')}.`;
}

function listText(orders: CourtOrder[]): string {
  if (orders.length === 0) return 'No court order is on file.';
  const rows = orders.map((order) => [
    order.number,
    order.court,
    order.zones.join('; '),
    localTime(order.from),
    order.ended === null
      ? localTime(order.until)
      : `${localTime(order.ended.at)} by ${order.ended.by}`,
    order.by,
    order.id,
  ]);
  return table(['order', 'court', 'zones', 'from', 'until', 'entered by', 'id'], rows);
}
