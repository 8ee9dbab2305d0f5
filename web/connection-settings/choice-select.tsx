import { MultiSelect, Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Option } from './use-choices.ts';

/** More are never shown at once; whoever looks for one types a part of its name. */
const SHOWN = 100;

type Shared = {
  label: string;
  description?: string;
  options: Option[];
  /** Whether the options have been read from Planfix, so that what is not among them is gone. */
  isKnown: boolean;
  error?: string | undefined;
  required?: boolean;
  disabled?: boolean;
};

/** Inactive ones can be seen where they are chosen already, and not be chosen anew; what is gone is said to be gone. */
function useOptions(options: Option[], chosen: readonly string[], isKnown: boolean) {
  const { t } = useTranslation('settings');
  const missing = chosen.filter((value) => !options.some((option) => option.value === value));
  const data = [
    ...missing.map((value) => ({ value, label: isKnown ? t('gone', { what: value }) : value })),
    ...options
      .filter(({ value, isInactive }) => !isInactive || chosen.includes(value))
      .map(({ value, label, isInactive }) => ({ value, label: isInactive ? t('inactive', { name: label }) : label })),
  ];
  return { data, goneHint: isKnown && missing.length > 0 ? t('goneHint') : undefined };
}

type ChoiceSelectProps = Shared & { value: string | null; onChange: (value: string | null) => void };

/** Whoever types over a choice looks for another one. */
const selectAll = (event: { currentTarget: HTMLInputElement }) => event.currentTarget.select();

/** One of what Planfix has, found by typing. */
export function ChoiceSelect({
  options,
  isKnown,
  value,
  onChange,
  error,
  required = false,
  ...rest
}: ChoiceSelectProps) {
  const { t } = useTranslation('settings');
  const { data, goneHint } = useOptions(options, value === null ? [] : [value], isKnown);
  return (
    <Select
      {...rest}
      data={data}
      searchable
      clearable={!required}
      withAsterisk={required}
      limit={SHOWN}
      nothingFoundMessage={t('nothingFound')}
      clearButtonProps={{ 'aria-label': `${t('clear')}: ${rest.label}` }}
      onFocus={selectAll}
      onClick={selectAll}
      value={value}
      error={error ?? goneHint}
      onChange={onChange}
    />
  );
}

type PeopleSelectProps = Shared & { value: string[]; onChange: (value: string[]) => void };

/** Any number of employees and groups. */
export function PeopleSelect({ options, isKnown, value, onChange, error, ...rest }: PeopleSelectProps) {
  const { t } = useTranslation('settings');
  const { data, goneHint } = useOptions(options, value, isKnown);
  return (
    <MultiSelect
      {...rest}
      data={data}
      searchable
      limit={SHOWN}
      nothingFoundMessage={t('nothingFound')}
      value={value}
      error={error ?? goneHint}
      onChange={onChange}
    />
  );
}
