import { Button, Group, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useCallback, useState } from 'react';
import { useAct } from '../acting.tsx';
import {
  type Connection,
  createMailing,
  listSendable,
  type NewMailing as Mailing,
  type SendableTemplate,
  type Values,
} from '../control/mailing-calls.ts';
import { useTexts } from '../texts/language.tsx';
import {
  type ChosenTemplate,
  emptyForm,
  type Form,
  HowFields,
  MessageFields,
  RecipientFields,
} from './mailing-fields.tsx';
import { firstValues, parametersOf, recipientsOf } from './parameters.ts';
import { usePolled } from './use-polled.ts';

const templatesEveryMs = 5_000;

type NewMailingProps = { connection: Connection; onCreated: (id: string) => void };

/** What goes to whom. */
export function NewMailing({ connection, onCreated }: NewMailingProps) {
  const t = useTexts();
  const act = useAct();
  const [form, setForm] = useState<Form>(emptyForm);
  const [busy, setBusy] = useState(false);
  const set = (change: Partial<Form>) => setForm((known) => ({ ...known, ...change }));
  const chosen = useChosenTemplate(connection.id, form);
  const { template, values } = chosen;
  const isComplete =
    (form.kind === 'text' ? form.text.trim() !== '' : template !== undefined) &&
    (form.to === 'csv' ? form.csv.trim() !== '' : form.people.length > 0);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!isComplete || busy) return;
    setBusy(true);
    await act(async () => {
      const sent = form.kind === 'template' ? template : undefined;
      const recipients = form.to === 'csv' ? form.csv : recipientsOf(form.people, sent, values);
      onCreated((await createMailing(mailingOf(connection.id, form, sent, values), recipients)).id);
    });
    setBusy(false);
  };
  return (
    <form className="scrolled mailing-scroll" aria-label={t.newMailing} onSubmit={(event) => void submit(event)}>
      <Stack gap="sm" maw={640}>
        <TextInput
          label={t.mailingName}
          value={form.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <MessageFields form={form} set={set} chosen={chosen} />
        <RecipientFields form={form} set={set} />
        <HowFields form={form} set={set} />
        <Group justify="flex-end">
          <Button type="submit" disabled={!isComplete} loading={busy}>
            {t.startMailing}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The chosen one, else the first that can be sent; values that nobody has touched are those it begins with. */
function useChosenTemplate(connectionId: string, form: Form): ChosenTemplate {
  const ask = useCallback(() => listSendable(connectionId), [connectionId]);
  const { answer: templates = [], reason } = usePolled(ask, templatesEveryMs);
  const sendable = templates.filter(({ status }) => status.toLowerCase() === 'approved');
  const template = templates.find(({ id }) => id === form.templateId) ?? sendable[0];
  const values = template === undefined ? {} : { ...firstValues(template), ...form.values };
  return { templates, reason, template, values };
}

function mailingOf(connectionId: string, form: Form, template: SendableTemplate | undefined, values: Values): Mailing {
  const common = {
    connectionId,
    skipBadLines: form.skipBadLines,
    ...(form.name.trim() === '' ? {} : { name: form.name.trim() }),
    ...(form.rate === undefined ? {} : { rate: form.rate }),
  };
  if (template === undefined) return { ...common, text: form.text };
  const { name, language } = template;
  const isPersonal = Object.values(values).some((value) => value.includes('{name}'));
  // Lines of a file may bring values of their own, which go before these.
  const parameters = isPersonal ? {} : parametersOf(template, values);
  return { ...common, template: { name, language, ...(Object.keys(parameters).length === 0 ? {} : { parameters }) } };
}
