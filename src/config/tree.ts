/** Nested plain objects and lists, as read from YAML. */
export type Tree = Record<string, unknown>;

function isBranch(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null;
}

/** Every leaf with its path. Empty objects and lists are leaves; so is null. */
export function* entriesOf(
  tree: unknown,
  path: readonly string[] = [],
): Generator<[path: readonly string[], value: unknown]> {
  if (isBranch(tree) && Object.keys(tree).length > 0) {
    for (const [key, value] of Object.entries(tree)) yield* entriesOf(value, [...path, key]);
  } else if (path.length > 0) {
    yield [path, tree];
  }
}

/** Sets the leaf at a path, and creates objects (and lists, before a number) on the way. */
export function setAt(tree: Tree, path: readonly string[], value: unknown): void {
  let branch: Tree = tree;
  path.forEach((key, index) => {
    if (index === path.length - 1) {
      branch[key] = value;
      return;
    }
    const below = branch[key];
    if (isBranch(below)) {
      branch = below;
    } else {
      const made = /^\d+$/.test(path[index + 1] ?? '') ? ([] as unknown as Tree) : {};
      branch[key] = made;
      branch = made;
    }
  });
}

/** The value at a path, or undefined. */
export function getAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isBranch(value) ? value[String(key)] : undefined),
    tree,
  );
}
