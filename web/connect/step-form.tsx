import { Button, Group, Stack, Title } from '@mantine/core';
import { type FormEvent, type PropsWithChildren, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { BusyButton } from '../layout/busy-button.tsx';

type StepFormProps = PropsWithChildren<{
  title: string;
  onBack: () => void;
  onNext: () => void;
  canGoOn?: boolean;
  isBusy?: boolean;
  nextWord?: string;
}>;

/** One step: its heading takes the focus, and Enter goes on. */
export function StepForm({ title, onBack, onNext, canGoOn = true, isBusy = false, nextWord, children }: StepFormProps) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (canGoOn && !isBusy) onNext();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Title order={2} size="h3" ref={heading} tabIndex={-1} className="page-title">
          {title}
        </Title>
        {children}
        <Group justify="space-between">
          <Button variant="default" onClick={onBack}>
            {t('back')}
          </Button>
          <BusyButton type="submit" disabled={!canGoOn} loading={isBusy}>
            {nextWord ?? t('next')}
          </BusyButton>
        </Group>
      </Stack>
    </form>
  );
}
