import { stringify } from 'yaml';
import { z } from 'zod';
import { revokeSchema } from '../../src/accountability/access/revoke.ts';
import {
  agencyAccountSchema,
  agencyCanvassSchema,
  agencyHotPlateSchema,
  agencyIndexSchema,
  agencyOfficialSchema,
} from '../../src/accountability/agency/agency-message.ts';
import { commandSchema } from '../../src/accountability/lost-unit/command.ts';
import { alertStatusSchema } from '../../src/accountability/verification/alert-status.ts';
import { alertStepSchema } from '../../src/accountability/verification/alert-step.ts';
import {
  accountMessageSchema,
  ackSchema,
  alertMessageSchema,
  auditMessageSchema,
  canvassMessageSchema,
  detectionMessageSchema,
  healthMessageSchema,
  hitMessageSchema,
  hotPlateMessageSchema,
  imageMessageSchema,
  manifestSchema,
  maxChunkBytes,
  officialMessageSchema,
  reportMessageSchema,
  statusMessageSchema,
  takenMessageSchema,
} from '../../src/uplink/messages.ts';
import { everyUnit } from '../../src/uplink/topics.ts';

/** One kind of message: its place, its shape, and which way it goes. */
interface Entry {
  name: string;
  address: string;
  direction: 'up' | 'down';
  summary: string;
  description?: string;
  schema: z.ZodType | null;
  contentType?: string;
  retain?: boolean;
  qos?: 0 | 1;
}

const unit = 'lookout/v1/{agency}/{unit}';
const list = `lookout/v1/{agency}/${everyUnit}/hotlist/{list}`;

const entries: readonly Entry[] = [
  {
    name: 'detection',
    address: `${unit}/detection`,
    direction: 'up',
    summary: 'One vehicle passing',
    description:
      'Sent when it is first published and when the vehicle has left. Drop repeats by body.id and body.revision.',
    schema: detectionMessageSchema,
  },
  {
    name: 'hit',
    address: `${unit}/hit`,
    direction: 'up',
    summary: 'A possible match with a hot list, raised, amended or withdrawn',
    description:
      'Sent before everything else that waits. Not a basis for a stop until verified. Drop repeats by body.id and body.revision.',
    schema: hitMessageSchema,
  },
  {
    name: 'alert',
    address: `${unit}/alert`,
    direction: 'up',
    summary: 'What was done about an alert: checks, status, exigent exit, disposition',
    description:
      'Sent with the hits. body.to says who is to be told: alert.disposed goes to dispatch and to the member who entered the vehicle. body.steps are the steps as the unit recorded them: whoever keeps them, each id once, in the order of orderMs or else atMs, has the alert as it stands on the unit. alert.dispatch repeats what an alert-status said. Drop repeats by id.',
    schema: alertMessageSchema,
  },
  {
    name: 'report',
    address: `${unit}/report`,
    direction: 'up',
    summary: 'An error or a violation that an employee reported, or what became of a command',
    description: 'For a supervisor. Drop repeats by id.',
    schema: reportMessageSchema,
  },
  {
    name: 'canvass',
    address: `${unit}/canvass`,
    direction: 'up',
    summary: 'A canvass around a crime scene: the part of the unit begins or ends',
    description:
      'Detections of it name it in body.canvass. The latest message of a unit about body.id counts. Drop repeats by id.',
    schema: canvassMessageSchema,
  },
  {
    name: 'official',
    address: `${unit}/official`,
    direction: 'up',
    summary: 'Who oversees the operation, or who is its custodian, from which day on',
    description: 'Every entry of one office that the unit knows. Drop repeats by id.',
    schema: officialMessageSchema,
  },
  {
    name: 'hotPlate',
    address: `${unit}/hot-plate`,
    direction: 'up',
    summary: 'A hot plate that people of the unit entered, at each state that it comes to',
    description:
      'Once it is removed, a tombstone without plate and text. Drop repeats by body.id and body.revision.',
    schema: hotPlateMessageSchema,
  },
  {
    name: 'account',
    address: `${unit}/account`,
    direction: 'up',
    summary:
      'An account, at each change that people make to it on the unit, and once a day that it is used',
    description:
      'For the other units of the agency: see agencyAccount. Only a unit with uplink.agency.key sends it. Drop repeats by id.',
    schema: accountMessageSchema,
  },
  {
    name: 'image',
    address: `${unit}/image/{image}`,
    direction: 'up',
    summary: 'A picture of a detection',
    description:
      'The header below as one line of JSON, a line feed (0x0A), then the JPEG. Sent after the metadata that waits.',
    schema: imageMessageSchema,
    contentType: 'application/octet-stream',
  },
  {
    name: 'audit',
    address: `${unit}/audit`,
    direction: 'up',
    summary: "A record of the unit's audit log",
    description:
      'Every record, in order, after hits and before everything else that waits. body.hash is SHA-256 over the body without its hash as RFC 8785 JSON, body.previous the hash of the record before: keep the last and a cut or changed log shows. The first record of a log has seq 1 and names the log in query.log. Drop repeats by id.',
    schema: auditMessageSchema,
  },
  {
    name: 'status',
    address: `${unit}/status`,
    direction: 'up',
    summary: 'Online or offline, and how the unit stands with its hot lists',
    description: 'Also the last will of the connection.',
    schema: statusMessageSchema,
    retain: true,
  },
  {
    name: 'health',
    address: `${unit}/health`,
    direction: 'up',
    summary: 'Figures of the unit, once it is connected and then every half minute',
    description:
      'Headquarters answers it. With trial: true and no figures it is from lookout doctor --prove.',
    schema: healthMessageSchema,
    qos: 0,
  },
  {
    name: 'taken',
    address: `${unit}/taken`,
    direction: 'up',
    summary: 'Orders that the unit has taken, or does not understand',
    description: 'Sent each time that an alert-step comes.',
    schema: takenMessageSchema,
  },
  {
    name: 'ack',
    address: `${unit}/ack`,
    direction: 'down',
    summary: 'What headquarters has stored durably',
    description:
      'Names envelope ids. Until it comes, the unit keeps a detection, hit or image and sends it again.',
    schema: ackSchema,
  },
  ...(['one', 'all'] as const).flatMap((reach): Entry[] => {
    const to = reach === 'one' ? unit : `lookout/v1/{agency}/${everyUnit}`;
    const suffix = reach === 'one' ? '' : 'ToAll';
    return [
      {
        name: `alertStatus${suffix}`,
        address: `${to}/alert-status`,
        direction: 'down',
        summary: 'How far dispatch has come with an alert',
        description:
          'To every unit, so that those that did not raise the alert show it too. The latest body.at counts.',
        schema: alertStatusSchema,
      },
      {
        name: `revoke${suffix}`,
        address: `${to}/revoke`,
        direction: 'down',
        summary: 'Accounts that are closed at once; always the whole list',
        schema: revokeSchema,
        retain: true,
      },
    ];
  }),
  {
    name: 'alertStep',
    address: `${unit}/alert-step`,
    direction: 'down',
    summary: 'What was done about an alert at headquarters, for the unit that raised it',
    description:
      "With the steps as headquarters recorded them, in the name of the person there. Send it again until the unit's taken names its id: in a broker's queue it can be lost. In whatever order they come, and however often, the alert then stands alike at both. Dispatch systems without steps of their own send alertStatus.",
    schema: alertStepSchema,
  },
  {
    name: 'command',
    address: `${unit}/command`,
    direction: 'down',
    summary: 'Lock, unlock or wipe a unit; obeyed once for each id',
    schema: commandSchema,
    retain: true,
  },
  {
    name: 'agencyIndex',
    address: `lookout/v1/{agency}/${everyUnit}/agency/index/{page}`,
    direction: 'down',
    summary: 'What of the agency there is, for every unit',
    description:
      'Published after what it names, and at each connection of headquarters. A unit asks for what it lacks by exact topics, as some brokers give retained messages to no wildcard. Taken as agencyHotPlate is.',
    schema: agencyIndexSchema,
    retain: true,
  },
  {
    name: 'agencyAccount',
    address: `lookout/v1/{agency}/${everyUnit}/agency/account/{account}`,
    direction: 'down',
    summary: 'An account of the agency, for every unit',
    description:
      "Published when a unit's account message changes what was published before. Headquarters joins both part by part: the higher revision counts, a closed account stays closed, the latest lastUsedOn. {account} is made of the username (accountKey), which is unique in the agency. Passwords and second factors travel sealed between units. Taken as agencyHotPlate is.",
    schema: agencyAccountSchema,
    retain: true,
  },
  {
    name: 'agencyCanvass',
    address: `lookout/v1/{agency}/${everyUnit}/agency/canvass/{canvass}`,
    direction: 'down',
    summary: 'A canvass of the agency, for every unit',
    description:
      'Published when a canvass is begun on a unit, and when it is ended for all there. Other units may join it. Taken as agencyHotPlate is.',
    schema: agencyCanvassSchema,
    retain: true,
  },
  {
    name: 'agencyOfficial',
    address: `lookout/v1/{agency}/${everyUnit}/agency/official/{office}`,
    direction: 'down',
    summary: 'Who oversees the operation, or who is its custodian, for every unit',
    description:
      'Published when a unit knows an entry that was made later than what was published for its day. {office} is one of two ids (officeKey). Taken as agencyHotPlate is.',
    schema: agencyOfficialSchema,
    retain: true,
  },
  {
    name: 'agencyHotPlate',
    address: `lookout/v1/{agency}/${everyUnit}/agency/hot-plate/{entry}`,
    direction: 'down',
    summary: 'A hot plate of the agency, for every unit',
    description:
      "Published when a unit's hotPlate message counts more than what was published before: a removal before all else, then the higher body.revision; an expiry is never published, as each unit marks it by itself. A unit takes it if the signature is headquarters' (uplink.agency.key), the agency its own and the sequence not below the last about this entry.",
    schema: agencyHotPlateSchema,
    retain: true,
  },
  {
    name: 'manifest',
    address: `${list}/manifest`,
    direction: 'down',
    summary: 'The current file of a hot list, for every unit of the agency',
    description: 'Published after its chunks.',
    schema: manifestSchema,
    retain: true,
  },
  {
    name: 'chunk',
    address: `${list}/chunk/{sha256}/{index}`,
    direction: 'down',
    summary: `A part of that file, ${maxChunkBytes} bytes at most; a unit asks for one after another`,
    schema: null,
    contentType: 'application/octet-stream',
    retain: true,
  },
];

const parameters: Record<string, string> = {
  agency: 'The agency, as in unit.agency of its units',
  unit: 'The unit, as in unit.id',
  image: 'The id of the image, the same as in its header',
  page: 'The last digit of the ids on this page, 0 to f',
  account: 'Made of the username, as the id in the message',
  entry: 'The id of the hot plate, as in the message',
  list: "The list's id, as in the units' configuration",
  sha256: 'Hash of the whole file, as in the manifest',
  index: 'Number of the part, from 0',
};

/** `asyncapi.yaml`: the link between units and headquarters, made of the schemas that both ends check with. */
export function asyncApiYaml(): string {
  const messages = entries.map((entry) => [entry.name, messageOf(entry)] as const);
  const document = {
    asyncapi: '3.1.0',
    info: {
      title: 'Lookout: units and headquarters',
      version: '1.0.0',
      description:
        'MQTT 5 or 3.1.1 over TLS with a client certificate per unit. Operations are those of headquarters.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      headquarters: {
        host: 'headquarters.example:8883',
        protocol: 'mqtts',
        description: "The agency's broker",
        security: [{ $ref: '#/components/securitySchemes/certificate' }],
      },
    },
    channels: Object.fromEntries(entries.map((entry) => [entry.name, channelOf(entry)])),
    operations: Object.fromEntries(
      entries.map((entry) => [operationName(entry), operationOf(entry)]),
    ),
    components: {
      securitySchemes: {
        certificate: { type: 'X509', description: 'A client certificate per unit' },
      },
      messages: Object.fromEntries(messages.map(([name, { message }]) => [name, message])),
      schemas: Object.assign({}, ...messages.map(([, { schemas }]) => schemas)),
    },
  };
  return `# Generated by scripts/generate/asyncapi.ts. Do not edit.\n${stringify(document, { aliasDuplicateObjects: false, lineWidth: 100 })}`;
}

const operationName = ({ name, direction }: Entry): string =>
  `${direction === 'up' ? 'receive' : 'send'}${name[0]?.toUpperCase()}${name.slice(1)}`;

function channelOf({ name, address, summary }: Entry) {
  const used = [...address.matchAll(/\{(\w+)\}/g)].flatMap(([, key]) => key ?? []);
  return {
    address,
    summary,
    parameters: Object.fromEntries(used.map((key) => [key, { description: parameters[key] }])),
    messages: { [name]: { $ref: `#/components/messages/${name}` } },
  };
}

function operationOf({ name, direction, retain = false, qos = 1 }: Entry) {
  return {
    action: direction === 'up' ? 'receive' : 'send',
    channel: { $ref: `#/channels/${name}` },
    messages: [{ $ref: `#/channels/${name}/messages/${name}` }],
    bindings: { mqtt: { qos, retain, bindingVersion: '0.2.0' } },
  };
}

function messageOf({ name, summary, description, schema, contentType }: Entry) {
  const { payload, schemas } = schema
    ? schemaOf(schema)
    : { payload: { type: 'string', format: 'binary' }, schemas: {} };
  const about = { name, summary, ...(description ? { description } : {}) };
  const message = { ...about, contentType: contentType ?? 'application/json', payload };
  return { message, schemas };
}

/** A schema, and those with a name of their own (`id`) that it refers to. AsyncAPI's own dialect is JSON Schema 7 already. */
function schemaOf(schema: z.ZodType) {
  const text = JSON.stringify(z.toJSONSchema(schema, { target: 'draft-7' }));
  const {
    $schema: _,
    definitions,
    ...payload
  } = JSON.parse(text.replaceAll('"#/definitions/', '"#/components/schemas/')) as Record<
    string,
    unknown
  >;
  const schemas = Object.entries(definitions ?? {}).map(([name, each]) => {
    const { id: __, ...shape } = each as Record<string, unknown>;
    return [name, shape];
  });
  return { payload, schemas: Object.fromEntries(schemas) as Record<string, unknown> };
}
