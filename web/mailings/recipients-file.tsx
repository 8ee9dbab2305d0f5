import { Anchor, FileInput, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Schemas } from '../api/client.ts';
import { exampleFile } from './example-file.ts';

type RecipientsFileProps = {
  /** Of the chosen template. */
  needs: Schemas['Template']['needs'] | undefined;
  onChoose: (file: File | undefined) => void;
};

/** The list, with an example that has the columns which the template needs. */
export function RecipientsFile({ needs, onChoose }: RecipientsFileProps) {
  const { t } = useTranslation('mailings');
  const { columns, csv } = exampleFile(needs);
  return (
    <Stack gap={4} align="flex-start">
      <FileInput
        w="100%"
        label={t('file')}
        description={t('fileHint', { columns: columns.join(', ') })}
        accept=".csv,text/csv,text/plain"
        clearable
        clearButtonProps={{ 'aria-label': t('clearFile') }}
        onChange={(file) => onChoose(file ?? undefined)}
      />
      <Anchor size="sm" href={`data:text/csv;charset=utf-8,${encodeURIComponent(csv)}`} download="recipients.csv">
        {t('sample')}
      </Anchor>
    </Stack>
  );
}
