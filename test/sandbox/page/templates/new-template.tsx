import { Button, Checkbox, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useAct } from '../acting.tsx';
import { createTemplate, type NewTemplate as Template } from '../control/template-calls.ts';
import { useTexts } from '../texts/language.tsx';

type NewTemplateProps = { wabaId: string; opened: boolean; onClose: () => void };

export function NewTemplate({ opened, onClose, wabaId }: NewTemplateProps) {
  const t = useTexts();
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t.newTemplate}
      centered
      closeButtonProps={{ 'aria-label': t.close }}
    >
      {opened && <NewTemplateForm wabaId={wabaId} onClose={onClose} />}
    </Modal>
  );
}

const emptyForm = {
  name: '',
  language: 'en',
  category: 'UTILITY',
  header: '',
  headerText: '',
  body: '',
  footer: '',
  buttons: '',
  approved: true,
};

type Form = typeof emptyForm;

function NewTemplateForm({ wabaId, onClose }: Omit<NewTemplateProps, 'opened'>) {
  const t = useTexts();
  const act = useAct();
  const [form, setForm] = useState<Form>(emptyForm);
  const set = (change: Partial<Form>) => setForm((known) => ({ ...known, ...change }));
  const isComplete = /^[a-z0-9_]+$/.test(form.name) && form.language !== '' && form.body.trim() !== '';
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isComplete && (await act(() => createTemplate(templateOf(form, wabaId))))) onClose();
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        <HeadFields form={form} set={set} />
        <Textarea
          label={t.templateBody}
          description={t.templateBodyHint}
          autosize
          minRows={3}
          value={form.body}
          onChange={(event) => set({ body: event.currentTarget.value })}
        />
        <FootFields form={form} set={set} />
        <Checkbox
          label={t.approvedAtOnce}
          checked={form.approved}
          onChange={(event) => set({ approved: event.currentTarget.checked })}
        />
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button type="submit" disabled={!isComplete}>
            {t.createTemplate}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type FieldsProps = { form: Form; set: (change: Partial<Form>) => void };

/** What it is called, and what stands on top. */
function HeadFields({ form, set }: FieldsProps) {
  const t = useTexts();
  return (
    <>
      <Group grow align="flex-start">
        <TextInput
          label={t.templateName}
          placeholder="order_ready"
          value={form.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
          data-autofocus
        />
        <TextInput
          label={t.templateLanguage}
          value={form.language}
          onChange={(event) => set({ language: event.currentTarget.value })}
        />
      </Group>
      <Group grow align="flex-start">
        <Select
          label={t.category}
          allowDeselect={false}
          data={Object.entries(t.categories).map(([value, label]) => ({ value, label }))}
          value={form.category}
          onChange={(value) => value !== null && set({ category: value })}
        />
        <Select
          label={t.header}
          data={(['TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT'] as const).map((value) => ({
            value,
            label: value === 'TEXT' ? t.headerWords : (t.kinds[value.toLowerCase()] ?? value),
          }))}
          placeholder={t.withoutHeader}
          clearable
          value={form.header === '' ? null : form.header}
          onChange={(value) => set({ header: value ?? '' })}
        />
      </Group>
      {form.header === 'TEXT' && (
        <TextInput
          label={t.headerWords}
          value={form.headerText}
          onChange={(event) => set({ headerText: event.currentTarget.value })}
        />
      )}
    </>
  );
}

/** What stands below its words. */
function FootFields({ form, set }: FieldsProps) {
  const t = useTexts();
  return (
    <>
      <TextInput
        label={t.footer}
        value={form.footer}
        onChange={(event) => set({ footer: event.currentTarget.value })}
      />
      <TextInput
        label={t.quickReplyButtons}
        description={t.quickReplyButtonsHint}
        value={form.buttons}
        onChange={(event) => set({ buttons: event.currentTarget.value })}
      />
    </>
  );
}

function templateOf(form: Form, wabaId: string): Template {
  const { name, language, category, body } = form;
  const labels = form.buttons.split(',').flatMap((label) => (label.trim() === '' ? [] : [label.trim()]));
  return {
    wabaId,
    name,
    language,
    category,
    body,
    status: form.approved ? 'APPROVED' : 'PENDING',
    parameterFormat: /\{\{\s*[a-z_]/i.test(body) ? 'NAMED' : 'POSITIONAL',
    ...(form.header === '' ? {} : { header: form.header === 'TEXT' ? form.headerText : { format: form.header } }),
    ...(form.footer === '' ? {} : { footer: form.footer }),
    ...(labels.length === 0 ? {} : { buttons: labels.map((text) => ({ type: 'QUICK_REPLY' as const, text })) }),
  };
}
