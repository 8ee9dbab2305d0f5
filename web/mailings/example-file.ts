import type { Schemas } from '../api/client.ts';

type Needs = Schemas['Template']['needs'];

/** Columns of a list for this template, and a list of one made-up recipient. */
export function exampleFile(needs: Needs | undefined): { columns: string[]; csv: string } {
  const cells: [column: string, example: string][] = [
    ['to', '+4915112345678'],
    ['name', 'Jane Roe'],
  ];
  if (needs?.headerMedia !== undefined) cells.push(['header.link', 'https://example.com/file']);
  for (const { placeholder, example = '' } of needs?.header ?? []) cells.push([`header.${placeholder}`, example]);
  for (const { placeholder, example = '' } of needs?.body ?? []) cells.push([`body.${placeholder}`, example]);
  for (const [index, { example = '' }] of (needs?.buttons ?? []).entries())
    cells.push([`button.${index + 1}`, example]);
  const columns = cells.map(([column]) => column);
  return { columns, csv: `${columns.join(',')}\n${cells.map(([, example]) => quoted(example)).join(',')}\n` };
}

const quoted = (cell: string) => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
