const hidden = '…';

/** User and password of an address: up to the last @, as a password may contain any other character. */
const userInfo = /(?<=\/\/)(?:[^\s"\\]|\\.)*@/g;

/** `password=…` and the like; cameras take it in the query and in the path of their address. */
const namedSecret =
  /(?<![a-z])((?:pass(?:word|wd|phrase|code)?|pwd|pswd?|pw|log[io]n[a-z]*|user(?:name)?|usr|(?:[a-z]+[-_]?)?token|secret|auth(?:orization)?|credentials?|(?:api|access|private|shared)?[-_]?key|pin|sig(?:nature)?)=)[^&;\s"'#]+/gi;

/** A part of a path that only a machine can have thought of: some cameras have no other password. */
const randomPart =
  /(?<=\/)(?=[a-zA-Z0-9]*[a-z])(?=[a-zA-Z0-9]*[A-Z])(?=[a-zA-Z0-9]*\d)[a-zA-Z0-9]{16,}(?=[/?#\s"]|$)/g;

/** The settings whose value is a secret, by their key. */
const secretKey = /pass(?:word|phrase|code)|secret|token|credential/i;

/**
 * Text for a log, a message or a screen, without what gives access to a camera or broker: the user and password in an
 * address, the values of parameters such as `password=` and `token=`, and random parts of an address's path.
 */
export function withoutSecrets(text: string): string {
  const bare = text.replace(userInfo, `${hidden}@`).replace(namedSecret, `$1${hidden}`);
  return bare.includes('://') ? bare.replace(randomPart, hidden) : bare;
}

/** The settings whose value is the address of a camera or broker, by their key. */
const addressKey = /url$|broker|address/i;

/** A value of plain objects, lists and text, without secrets: those in its texts, and values under keys that name one. */
export function treeWithoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') {
    // A password with spaces or quotes ends where the address does, not where a word does.
    return withoutSecrets(value.replace(/(?<=\/\/).*@/s, `${hidden}@`));
  }
  if (Array.isArray(value)) return value.map(treeWithoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, below]) => {
      if (typeof below !== 'string' || below === '') return [key, treeWithoutSecrets(below)];
      if (secretKey.test(key)) return [key, hidden];
      // An address that is not one, such as `user:password@host`, is shown where it is refused.
      const address = addressKey.test(key) ? below.replace(/(?<!\/)[^/]*@/s, `${hidden}@`) : below;
      return [key, treeWithoutSecrets(address)];
    }),
  );
}
