import { Button, Checkbox, Group, NumberInput, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useAct } from '../acting.tsx';
import type { SendableTemplate, Values } from '../control/mailing-calls.ts';
import { useTexts } from '../texts/language.tsx';
import { findOrMakeUp, type Person } from './made-up.ts';
import { TemplateFields } from './template-fields.tsx';

const sizes = [10, 200];

export type Form = {
  name: string;
  kind: 'template' | 'text';
  templateId: string | undefined;
  values: Values;
  text: string;
  to: 'customers' | 'csv';
  people: Person[];
  csv: string;
  rate: number | undefined;
  skipBadLines: boolean;
};

export const emptyForm: Form = {
  name: '',
  kind: 'template',
  templateId: undefined,
  values: {},
  text: '',
  to: 'customers',
  people: [],
  csv: '',
  rate: undefined,
  skipBadLines: true,
};

type FieldsProps = { form: Form; set: (change: Partial<Form>) => void };

export type ChosenTemplate = {
  templates: SendableTemplate[];
  /** Why they could not be read. */
  reason: string | undefined;
  template: SendableTemplate | undefined;
  values: Values;
};

/** A template with its values, or words of one's own. */
export function MessageFields({ form, set, chosen }: FieldsProps & { chosen: ChosenTemplate }) {
  const t = useTexts();
  return (
    <>
      <SegmentedControl
        aria-label={t.whatIsSent}
        value={form.kind}
        onChange={(value) => set({ kind: value as Form['kind'] })}
        data={[
          { value: 'template', label: t.kinds.template ?? '' },
          { value: 'text', label: t.freeText },
        ]}
      />
      {form.kind === 'template' && (
        <TemplateFields
          templates={chosen.templates}
          reason={chosen.reason}
          template={chosen.template}
          values={chosen.values}
          onTemplate={(templateId) => set({ templateId, values: {} })}
          onValues={(change) => set({ values: { ...chosen.values, ...change } })}
        />
      )}
      {form.kind === 'text' && (
        <Textarea
          label={t.mailingText}
          description={t.mailingTextHint}
          autosize
          minRows={3}
          value={form.text}
          onChange={(event) => set({ text: event.currentTarget.value })}
        />
      )}
    </>
  );
}

/** How fast, and what becomes of bad lines. */
export function HowFields({ form, set }: FieldsProps) {
  const t = useTexts();
  return (
    <Group align="flex-end" gap="lg">
      <NumberInput
        label={t.rate}
        placeholder={t.rateOfNumber}
        w={220}
        min={1}
        max={1_000}
        value={form.rate ?? ''}
        onChange={(value) => set({ rate: value === '' ? undefined : Number(value) })}
      />
      <Checkbox
        mb={8}
        label={t.skipBadLines}
        checked={form.skipBadLines}
        onChange={(event) => set({ skipBadLines: event.currentTarget.checked })}
      />
    </Group>
  );
}

/** People of the sandbox, or lines that are pasted. */
export function RecipientFields({ form, set }: FieldsProps) {
  const t = useTexts();
  const act = useAct();
  return (
    <Stack gap={6}>
      <Text size="sm" fw={500}>
        {t.recipients}
      </Text>
      <SegmentedControl
        aria-label={t.recipients}
        value={form.to}
        onChange={(value) => set({ to: value as Form['to'] })}
        data={[
          { value: 'customers', label: t.madeUpCustomers },
          { value: 'csv', label: t.csvLines },
        ]}
      />
      {form.to === 'csv' ? (
        <Textarea
          aria-label={t.csvLines}
          description={t.csvHint}
          placeholder={'to;name;body.1\n+49 1515 5500001;Anna;Anna'}
          autosize
          minRows={5}
          maxRows={14}
          value={form.csv}
          onChange={(event) => set({ csv: event.currentTarget.value })}
        />
      ) : (
        <Group gap={8}>
          {sizes.map((size) => (
            <Button
              key={size}
              size="xs"
              variant={form.people.length === size ? 'light' : 'default'}
              onClick={() => void act(async () => set({ people: await findOrMakeUp(size) }))}
            >
              {t.customerCount(size)}
            </Button>
          ))}
          <Text size="sm" c="dimmed" role="status">
            {form.people.length === 0 ? t.nobodyChosen : t.recipientCount(form.people.length)}
          </Text>
        </Group>
      )}
    </Stack>
  );
}
