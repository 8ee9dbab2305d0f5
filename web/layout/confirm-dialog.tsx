import { Button, Group, Stack, Text } from '@mantine/core';
import type { PropsWithChildren } from 'react';
import { useTranslation } from 'react-i18next';
import { BusyButton } from './busy-button.tsx';
import { Dialog } from './dialog.tsx';
import { Failure } from './page.tsx';

type ConfirmDialogProps = PropsWithChildren<{
  isOpen: boolean;
  title: string;
  /** What happens. */
  hint: string;
  action: string;
  isBusy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
  /** Instead of "Cancel", where that word is the action's. */
  keep?: string;
  /** Nothing is given up by it. */
  isHarmless?: boolean;
}>;

/** Asks once before something that is hard or impossible to take back; children say how far it has come. */
export function ConfirmDialog({ isOpen, title, hint, action, isBusy, error, ...rest }: ConfirmDialogProps) {
  const { t } = useTranslation();
  const { onConfirm, onClose, keep, isHarmless = false, children } = rest;
  return (
    <Dialog opened={isOpen} onClose={onClose} title={title}>
      <Stack>
        <Text>{hint}</Text>
        {error !== null && error !== undefined && <Failure error={error} />}
        {children}
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={onClose}>
            {keep ?? t('cancel')}
          </Button>
          <BusyButton {...(isHarmless ? {} : { color: 'red' })} loading={isBusy} onClick={onConfirm}>
            {action}
          </BusyButton>
        </Group>
      </Stack>
    </Dialog>
  );
}
