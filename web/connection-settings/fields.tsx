import { NumberInput, Switch } from '@mantine/core';

type OnOffProps = {
  label: string;
  description?: string;
  value: boolean;
  onChange: (value: boolean) => void;
  disabled: boolean;
};

/** A setting that is on or off. */
export function OnOff({ value, onChange, ...rest }: OnOffProps) {
  return <Switch {...rest} checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />;
}

type PlanfixNumberProps = {
  label: string;
  description: string;
  value: number | undefined;
  onChange: (value: number | undefined) => void;
  error: string | undefined;
  disabled: boolean;
};

/** The number of a field or a status in Planfix, or none. */
export function PlanfixNumber({ value, onChange, ...rest }: PlanfixNumberProps) {
  return (
    <NumberInput
      {...rest}
      min={1}
      allowDecimal={false}
      allowNegative={false}
      hideControls
      value={value ?? ''}
      onChange={(typed) => onChange(typed === '' ? undefined : Number(typed))}
    />
  );
}
