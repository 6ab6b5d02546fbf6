import type { TableForm } from '../platform/table-file.ts';

/** The form of a table for a file of this name: a workbook for .xlsx, else CSV. */
export function tableFormOf(file: string): TableForm {
  return file.toLowerCase().endsWith('.xlsx') ? 'xlsx' : 'csv';
}
