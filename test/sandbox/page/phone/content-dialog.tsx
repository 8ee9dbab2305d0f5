import { Button, Checkbox, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useAct } from '../acting.tsx';
import { type ChatAddress, write } from '../control/chat-calls.ts';
import { useTexts } from '../texts/language.tsx';
import { type DialogField, type DialogKind, dialogs } from './dialog-kinds.ts';

type ContentDialogProps = {
  kind: DialogKind | undefined;
  chat: ChatAddress;
  /** The message that it answers. */
  quoted: string | undefined;
  onSent: () => void;
  onClose: () => void;
};

/** Asks for what a message of that kind needs, and sends it as the customer. */
export function ContentDialog({ kind, onClose, ...rest }: ContentDialogProps) {
  const t = useTexts();
  return (
    <Modal
      opened={kind !== undefined}
      onClose={onClose}
      title={kind === undefined ? '' : t.dialogTitles[kind]}
      centered
      closeButtonProps={{ 'aria-label': t.close }}
    >
      {kind !== undefined && <ContentForm kind={kind} onClose={onClose} {...rest} />}
    </Modal>
  );
}

type ContentFormProps = ContentDialogProps & { kind: DialogKind };

function ContentForm({ kind, chat, quoted, onSent, onClose }: ContentFormProps) {
  const t = useTexts();
  const act = useAct();
  const { fields, content } = dialogs[kind];
  const shown = fields(t);
  const [values, setValues] = useState(() => Object.fromEntries(shown.map(({ name, value }) => [name, value])));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const said = content(values);
    const done = await act(() => write('customer', chat, said.content, { ...said.beside, quoted }));
    if (!done) return;
    onSent();
    onClose();
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        {shown.map((field, index) => (
          <Field
            key={field.name}
            field={field}
            isFirst={index === 0}
            value={values[field.name] ?? ''}
            onChange={(value) => setValues((known) => ({ ...known, [field.name]: value }))}
          />
        ))}
        <Group justify="flex-end" mt="xs">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button type="submit">{t.send}</Button>
        </Group>
      </Stack>
    </form>
  );
}

type FieldProps = { field: DialogField; isFirst: boolean; value: string; onChange: (value: string) => void };

function Field({ field: { label, form }, isFirst, value, onChange }: FieldProps) {
  if (form === 'tick') {
    return (
      <Checkbox
        label={label}
        checked={value === 'yes'}
        onChange={(event) => onChange(event.currentTarget.checked ? 'yes' : '')}
      />
    );
  }
  const common = { label, value, 'data-autofocus': isFirst || undefined };
  if (form === 'lines') {
    return <Textarea {...common} autosize minRows={5} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
  return <TextInput {...common} onChange={(event) => onChange(event.currentTarget.value)} />;
}
