import { Table, type TableProps } from '@mantine/core';

type DataTableProps = TableProps & { label: string; heads: readonly string[]; minWidth?: number };

/** A table under a row of heads; where it is wider than the page it scrolls, by keyboard too. */
export function DataTable({ label, heads, minWidth = 560, children, ...rest }: DataTableProps) {
  return (
    <Table.ScrollContainer
      minWidth={minWidth}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': label } }}
    >
      <Table verticalSpacing="sm" aria-label={label} {...rest}>
        <Table.Thead>
          <Table.Tr>
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
