import { Table, type TableProps } from '@mantine/core';
import type { ReactNode } from 'react';

type DataTableProps = TableProps & {
  label: string;
  heads: readonly string[];
  minWidth?: number;
  /** A first head that is no word. */
  lead?: ReactNode;
};

/** A table under a row of heads; where it is wider than the page it scrolls, by keyboard too. */
export function DataTable({ label, heads, minWidth = 560, lead, children, ...rest }: DataTableProps) {
  return (
    <Table.ScrollContainer
      minWidth={minWidth}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': label } }}
    >
      <Table verticalSpacing="sm" aria-label={label} {...rest}>
        <Table.Thead>
          <Table.Tr>
            {lead !== undefined && <Table.Th>{lead}</Table.Th>}
            {heads.map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
