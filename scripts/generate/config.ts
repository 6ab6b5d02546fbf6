import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultYaml } from '../../src/config/default-yaml.ts';
import { configJsonSchema } from '../../src/config/describe-issue.ts';
import { programRoot } from '../../src/config/load.ts';

// Writes what is made from the configuration schema: the commented defaults and the JSON Schema.
writeFileSync(join(programRoot, 'config/default.yaml'), defaultYaml());
writeFileSync(
  join(programRoot, 'config/lookout.schema.json'),
  `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
);
