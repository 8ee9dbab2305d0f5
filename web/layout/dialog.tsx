import { Modal, type ModalProps } from '@mantine/core';
import { useTranslation } from 'react-i18next';

type DialogProps = ModalProps & {
  /** What is in it is shown only now: no stray click and no Escape closes it. */
  isShownOnce?: boolean;
};

/** A dialog whose closing button has a name. */
export function Dialog({ isShownOnce = false, ...props }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      closeButtonProps={{ 'aria-label': t('close') }}
      closeOnClickOutside={!isShownOnce}
      closeOnEscape={!isShownOnce}
      {...props}
    />
  );
}
