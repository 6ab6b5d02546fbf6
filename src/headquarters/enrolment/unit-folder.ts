import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { readAgencySecret } from '../../accountability/agency/agency-secret.ts';
import { unitSection } from '../../config/sections/unit.ts';
import { fileFault, kindOf, Problem } from '../../platform/problem.ts';
import { syncFolder, writeFileDurably } from '../../platform/write-file-durably.ts';
import { everyUnit } from '../../uplink/topics.ts';
import {
  type AuthorityPlace,
  authorityFiles,
  locked,
  registerOf,
  reservedNames,
  sign,
  withIssued,
} from './authority.ts';
import { certificatesOf, writeRegister } from './register.ts';
import { publicKeysPem } from './signing-keys.ts';

/** Where the files of a unit lie on it. */
const onUnit = '/etc/lookout/tls';

/** What a unit is enrolled with. */
export interface Enrolment {
  unit: string;
  /** The folder to carry to the unit: made as a whole; must not be there, or be empty. */
  out: string;
  /** The broker's address as the unit reaches it. */
  broker: string;
  /** A further certificate for a unit that has one. */
  again: boolean;
  /** File of the agency's secret, to go along; headquarters keeps none. */
  secretFile: string | undefined;
  /** Of headquarters' signing key. */
  keyFolder: string;
}

/**
 * Enrols a unit: makes its certificate, whose name is its id, and the folder to carry to it. Everything that can be wrong is
 * looked at first; if it then fails, nothing of it is left. Throws a Problem.
 */
export async function enrolUnit(place: AuthorityPlace, order: Enrolment): Promise<void> {
  const { unit, again, secretFile, broker } = order;
  const out = resolve(order.out);
  refuseId(unit);
  refuseOut(out);
  const secret = secretFile === undefined ? null : secretOf(secretFile);
  await locked(place, async () => {
    const register = registerOf(place);
    const isEnrolled = certificatesOf(register, unit).length > 0;
    if (isEnrolled && !again) {
      throw new Problem(
        `${unit} is enrolled already. A further certificate for it, as before the end of the one that it has: --again`,
      );
    }
    if (!isEnrolled && again) throw new Problem(`${unit} is not enrolled yet; leave out --again`);
    const keys = publicKeysPem(order.keyFolder);
    const authority = readFileSync(join(place.folder, authorityFiles.certificate), 'utf8');
    const part = await mkdtemp(join(dirname(out), `.${basename(out)}.part-`));
    try {
      const signed = await sign(place, { name: unit, kind: 'unit' });
      const { certificate, key } = signed;
      // Before its key is on a disk to carry: whatever is out can be revoked, also after a crash.
      await writeRegister(place.folder, withIssued(register, signed));
      const files = {
        'ca.pem': authority,
        'unit.pem': certificate,
        'unit.key': key,
        'headquarters.pub': keys,
        ...(secret === null ? {} : { 'agency.secret': secret }),
        'lookout.yaml': fragment({
          agency: place.agency,
          unit,
          broker,
          hasSecret: secret !== null,
        }),
      };
      for (const [name, text] of Object.entries(files))
        await writeFileDurably(join(part, name), text);
      await writeFileDurably(join(part, 'README.txt'), instructions(unit, Object.keys(files)));
      await rename(part, out);
      await syncFolder(dirname(out));
    } catch (error) {
      await rm(part, { recursive: true, force: true });
      // Nobody has the key, so it counts as never signed.
      await writeRegister(place.folder, register);
      throw error;
    }
  });
}

function refuseId(unit: string): void {
  const parsed = unitSection.shape.id.safeParse(unit);
  if (!parsed.success) {
    throw new Problem(`"${unit}" is no id of a unit: ${parsed.error.issues[0]?.message}`);
  }
  if (unit === everyUnit)
    throw new Problem(`"${unit}" means every unit of the agency; name one unit`);
  if (reservedNames.includes(unit)) {
    throw new Problem(`"${unit}" is the name of another certificate; no unit may have it`);
  }
}

function refuseOut(out: string): void {
  try {
    if (!statSync(dirname(out)).isDirectory())
      throw new Problem(`--out: ${dirname(out)} is no folder`);
  } catch (error) {
    if (kindOf(error) === null) throw error;
    throw new Problem(`--out: ${dirname(out)} cannot be used (${fileFault(error)})`);
  }
  if (!existsSync(out)) return;
  if (!statSync(out).isDirectory()) throw new Problem(`--out: ${out} is a file`);
  if (readdirSync(out).length > 0) {
    throw new Problem(
      `--out: ${out} holds files already; name a folder that is empty or not there`,
    );
  }
}

/** The secret as it is in the file; throws a Problem if units would not take it. */
function secretOf(file: string): string {
  readAgencySecret(file);
  return readFileSync(file, 'utf8');
}

/** What belongs into the unit's configuration. */
function fragment(of: {
  agency: string;
  unit: string;
  broker: string;
  hasSecret: boolean;
}): string {
  const at = (name: string) => join(onUnit, name);
  const settings = {
    unit: { agency: of.agency, id: of.unit },
    uplink: {
      broker: of.broker,
      tls: { ca: at('ca.pem'), cert: at('unit.pem'), key: at('unit.key') },
      agency: {
        key: at('headquarters.pub'),
        ...(of.hasSecret ? { secret: at('agency.secret') } : {}),
      },
    },
  };
  return `# Of headquarters for this unit: goes into /etc/lookout/lookout.yaml, in place of what stands there under these names.\n${stringify(settings)}`;
}

function instructions(unit: string, files: readonly string[]): string {
  const installed = files.filter((name) => name !== 'lookout.yaml').join(' ');
  const secret = files.includes('agency.secret')
    ? ''
    : `The agency's secret is not among them, since headquarters keeps none. Bring agency.secret from another unit into
${onUnit}, or make it once for the agency: openssl rand -base64 32 > agency.secret

`;
  return `For the unit ${unit}, and for no other. Bring this folder to it by hand, not by mail. There, in this folder:

  sudo install -m 600 ${installed} ${onUnit}
  sudoedit /etc/lookout/lookout.yaml     # put in what lookout.yaml here has
  sudo lookout config check
  sudo systemctl restart lookout
  sudo lookout doctor

${secret}Then delete what it was carried with: shred -u unit.key agency.secret
`;
}
