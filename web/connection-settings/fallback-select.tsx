import { NativeSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';

type Order = ('primary-admin' | 'configured-by')[];

const ORDERS = {
  'primary-admin,configured-by': 'fallback_primaryFirst',
  'configured-by,primary-admin': 'fallback_configuredFirst',
  'primary-admin': 'fallback_primaryOnly',
  'configured-by': 'fallback_configuredOnly',
} as const;

type FallbackSelectProps = {
  value: Order;
  onChange: (order: Order) => void;
  error?: string | undefined;
  disabled?: boolean;
};

/** Who gets tasks that nobody else gets. */
export function FallbackSelect({ value, onChange, error, disabled = false }: FallbackSelectProps) {
  const { t } = useTranslation('settings');
  return (
    <NativeSelect
      label={t('fallbackOrder')}
      value={value.join(',')}
      error={error}
      disabled={disabled}
      onChange={(event) => onChange(event.currentTarget.value.split(',') as Order)}
      data={Object.entries(ORDERS).map(([order, word]) => ({ value: order, label: t(word) }))}
    />
  );
}
