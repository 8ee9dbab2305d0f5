import { Select, Stack, Text, TextInput } from '@mantine/core';
import type { SendableTemplate, Values } from '../control/mailing-calls.ts';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/language.tsx';

type TemplateFieldsProps = {
  templates: SendableTemplate[];
  reason: string | undefined;
  template: SendableTemplate | undefined;
  values: Values;
  onTemplate: (id: string) => void;
  onValues: (change: Values) => void;
};

/** Which template, and what it is filled with. */
export function TemplateFields({ templates, reason, template, values, onTemplate, onValues }: TemplateFieldsProps) {
  const t = useTexts();
  const stateOf = ({ status }: SendableTemplate) => t.templateStates[status.toUpperCase()] ?? status;
  return (
    <Stack gap="sm">
      <Select
        label={t.kinds.template}
        placeholder={t.noSendable}
        allowDeselect={false}
        searchable
        data={templates.map((one) => ({
          value: one.id,
          label: `${one.name} · ${one.language} · ${stateOf(one)}`,
        }))}
        value={template?.id ?? null}
        onChange={(value) => value !== null && onTemplate(value)}
      />
      {reason !== undefined && (
        <Text size="sm" c="red" role="alert">
          {t.requestFailed(reason)}
        </Text>
      )}
      {Object.keys(values).map((key) => (
        <TextInput
          key={key}
          label={labelOf(key, t)}
          value={values[key] ?? ''}
          onChange={(event) => onValues({ [key]: event.currentTarget.value })}
        />
      ))}
      {Object.keys(values).length > 0 && (
        <Text size="xs" c="dimmed">
          {t.valuesHint}
        </Text>
      )}
    </Stack>
  );
}

function labelOf(key: string, t: Texts): string {
  const [part, name = ''] = key.split(' ');
  if (key === 'header link') return t.headerLink;
  return t.placeholderValue(part === 'body' ? `{{${name}}}` : `${part} ${name}`);
}
