import { Button, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../layout/dialog.tsx';
import { SecretOnce } from '../layout/secret-once.tsx';
import { CopyLine } from './copy-line.tsx';

export type Hint = { hintUrl: string; hintSecret: string };

/** What the scenario in Planfix needs; the secret is shown here and never again. */
export function SecretDialog({ hint, onClose }: { hint: Hint | undefined; onClose: () => void }) {
  const { t } = useTranslation('planfix');
  return (
    <Dialog opened={hint !== undefined} onClose={onClose} title={t('secretTitle')} size="lg" isShownOnce>
      {hint !== undefined && <HintPanel hint={hint} onDone={onClose} />}
    </Dialog>
  );
}

export function HintPanel({ hint, onDone }: { hint: Hint; onDone: () => void }) {
  const { t } = useTranslation('planfix');
  return (
    <Stack>
      <CopyLine label={t('hintAddress')} value={hint.hintUrl} />
      <SecretOnce value={hint.hintSecret}>{t('secretOnce')}</SecretOnce>
      <Button variant="default" onClick={onDone}>
        {t('done')}
      </Button>
    </Stack>
  );
}
