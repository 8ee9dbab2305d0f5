import { Alert, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, type Schemas } from '../api/client.ts';
import { fieldErrorsOf } from '../api/problem.ts';
import { queryClient } from '../api/query-client.ts';
import { useMay } from '../api/session.ts';
import { useFindingWords } from '../connections/finding-words.ts';
import { useConnection } from '../connections/use-connection.ts';
import { useNumberName } from '../connections/words.ts';
import { Failure, Loaded, Page } from '../layout/page.tsx';
import { changesBetween, type Form, type FormPart, formOf, isEmptyChange, withLaterChanges } from './form-state.ts';
import { MessageSettings } from './message-settings.tsx';
import { PeopleSettings } from './people-settings.tsx';
import { PhoneSettings } from './phone-settings.tsx';
import { RefreshChoices } from './refresh-choices.tsx';
import { TaskSettings } from './task-settings.tsx';
import { UnsavedGuard } from './unsaved-guard.tsx';
import { type Choices, useChoices } from './use-choices.ts';

type Connection = Schemas['Connection'];

/** How a number works with Planfix. */
export function SettingsPage() {
  return (
    <Loaded query={useConnection()}>{(connection) => <Editor connection={connection} key={connection.id} />}</Loaded>
  );
}

/** What every group of settings gets. */
export type GroupProps = {
  form: Form;
  choices: Choices;
  errors: Record<string, string>;
  isLocked: boolean;
  change: (part: FormPart) => void;
};

function Editor({ connection }: { connection: Connection }) {
  const { t } = useTranslation('settings');
  const { t: say } = useTranslation('connections');
  const name = useNumberName();
  const isAdmin = useMay('admin');
  const choices = useChoices(connection.planfixAccountId);
  return (
    <Page
      title={t('title', { number: name(connection) })}
      description={isAdmin ? t('description') : t('mayNot')}
      actions={
        <Button component={Link} to={`/connections/${connection.id}`} variant="default">
          {say('toConnection')}
        </Button>
      }
    >
      <Loaded query={choices}>
        {(known) => <SettingsForm connection={connection} choices={known} isLocked={!isAdmin} />}
      </Loaded>
    </Page>
  );
}

/**
 * What is typed, and what it is compared with. While something is typed or saved, what others change is not taken in:
 * it would overwrite that, and a save sends only what was changed here.
 */
function useSettings(connection: Connection, isSaving: boolean) {
  const [taken, setTaken] = useState(connection);
  const [before, setBefore] = useState(() => formOf(connection));
  const [form, setForm] = useState(before);
  const changes = changesBetween(before, form);
  if (taken !== connection && !isSaving && isEmptyChange(changes)) {
    setTaken(connection);
    setBefore(formOf(connection));
    setForm(formOf(connection));
  }
  const takeSaved = (sent: Form, saved: Form) => {
    setBefore(saved);
    setForm((now) => withLaterChanges(sent, now, saved));
  };
  return { before, form, setForm, changes, takeSaved };
}

type SettingsFormProps = { connection: Connection; choices: Choices; isLocked: boolean };

function SettingsForm({ connection, choices, isLocked }: SettingsFormProps) {
  const { t } = useTranslation('settings');
  const save = api.useMutation('patch', '/v1/connections/{id}');
  const { before, form, setForm, changes, takeSaved } = useSettings(connection, save.isPending);
  const errors = fieldErrorsOf(save.error);
  const isDirty = !isEmptyChange(changes);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isDirty || save.isPending) return;
    save.mutate(
      { params: { path: { id: connection.id } }, body: changes },
      {
        onSuccess: (saved) => {
          takeSaved(form, formOf(saved));
          void queryClient.invalidateQueries({ queryKey: ['get', '/v1/connections/{id}'] });
          notifications.show({ message: t(saved.checks.length > 0 ? 'saved' : 'savedPending') });
        },
      },
    );
  };
  const group = {
    form,
    choices,
    errors,
    isLocked,
    change: (part: FormPart) => setForm((known) => ({ ...known, ...part }) as Form),
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="lg" maw={820}>
        {!isLocked && <RefreshChoices accountId={connection.planfixAccountId} choices={choices} />}
        <BrokenChecks connection={connection} />
        {save.error && <Failure error={save.error} />}
        <TaskSettings {...group} />
        <PeopleSettings {...group} />
        <MessageSettings {...group} />
        <PhoneSettings {...group} />
        {!isLocked && <SaveBar isDirty={isDirty} isSaving={save.isPending} onDiscard={() => setForm(before)} />}
      </Stack>
      <UnsavedGuard isDirty={isDirty && !isLocked} />
    </form>
  );
}

/** Settings that the last check found to name what is not there any more. */
function BrokenChecks({ connection }: { connection: Connection }) {
  const { t } = useTranslation('settings');
  const wordsOf = useFindingWords();
  const broken = connection.checks.filter(
    ({ ok, name }) => !ok && (name in connection.settings || name === 'configuredBy'),
  );
  if (broken.length === 0) return null;
  return (
    <Alert color="red" variant="light" title={t('goneTitle')} role="alert">
      {broken.map((check) => (
        <Text size="sm" key={`${check.name} ${check.message}`}>
          {wordsOf(check).message}. {wordsOf(check).remedy}
        </Text>
      ))}
    </Alert>
  );
}

type SaveBarProps = { isDirty: boolean; isSaving: boolean; onDiscard: () => void };

/** Stays in sight, since the form is longer than a screen. */
function SaveBar({ isDirty, isSaving, onDiscard }: SaveBarProps) {
  const { t } = useTranslation('settings');
  return (
    <Paper withBorder p="sm" className="save-bar">
      <Group justify="space-between">
        <Text size="sm" role="status">
          {isSaving ? t('saving') : isDirty ? t('unsaved') : ''}
        </Text>
        <Group gap="sm">
          <Button variant="default" disabled={!isDirty || isSaving} onClick={onDiscard}>
            {t('discard')}
          </Button>
          <Button type="submit" disabled={!isDirty} loading={isSaving}>
            {t('save')}
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}
