/** The column that holds a field: `takenAtMs` is in `taken_at_ms`. */
export function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

/** A select list that gives each column the name of its field: `id, taken_at_ms AS takenAtMs`; of `table` if given. */
export function selectList(fields: readonly string[], table?: string): string {
  return fields
    .map((field) => {
      const column = columnOf(field);
      const qualified = table === undefined ? column : `${table}.${column}`;
      return qualified === field ? field : `${qualified} AS ${field}`;
    })
    .join(', ');
}
