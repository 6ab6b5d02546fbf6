import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncApiYaml } from './asyncapi-document.ts';

// Writes asyncapi.yaml from the message schemas of the uplink.
writeFileSync(join(import.meta.dirname, '../../asyncapi.yaml'), asyncApiYaml());
